import { Argument, Option, type Program } from '../commander.js';
import { examples } from '../examples.js';
import { verboseOption } from '../options.js';

export function addBackend(program: Program): void {
  const backend = program
    .command('backend')
    .summary('bring a tensor backend onto this machine')
    .description('Tensor backends beyond the embedded one. `dapo doctor` shows which there are, and how fast they are.')
    .addHelpText('after', examples('dapo backend install tensorflow', 'dapo backend install tensorflow --dry-run'));
  addInstall(backend);
}

function addInstall(backend: Program): void {
  backend
    .command('install')
    .summary('install a backend, check it, leave nothing half done')
    .description(
      'Brings @tensorflow/tfjs-node-gpu beside the engine, with a binary: built against a libtensorflow that is here ' +
        "(a wheel of Python, one of the system), or the package's own download. It is made and tried aside, with a " +
        'product and a gradient, and moved into place only if it computes; otherwise all stays as it was.',
    )
    .addArgument(new Argument('<backend>', 'which one').choices(['tensorflow'] as const))
    .addOption(new Option('--from <road>', 'take this road only').choices(['download', 'python', 'path'] as const))
    .option('--python <path>', 'the Python whose tensorflow wheel is used (default: python3, then python)')
    .addOption(new Option('--libtensorflow <path>', 'folder of a libtensorflow with its headers').conflicts('python'))
    .option('--no-save', 'leave package.json as it is: the next npm install takes the package out again')
    .option('--dry-run', 'say which roads are open, and change nothing')
    .addOption(verboseOption())
    .addHelpText(
      'after',
      examples(
        'dapo backend install tensorflow',
        'dapo backend install tensorflow --python venv/bin/python',
        'dapo backend install tensorflow --libtensorflow /usr/local',
        'dapo backend install tensorflow --dry-run',
      ),
    )
    .action(async (_, options) => {
      const { installBackend } = await import('../actions/backend-install.js');
      await installBackend(options);
    });
}
