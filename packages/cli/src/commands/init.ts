import type { Program } from '../commander.js';
import { examples } from '../examples.js';
import { jsonOption, verboseOption } from '../options.js';

export function addInit(program: Program): void {
  program
    .command('init')
    .summary('make a new experiment from a template')
    .description(
      'Makes a folder with a whole experiment: config, data, a plugin of its own with its test, and what to read first.\n' +
        'Asks what it needs on a terminal, and never elsewhere. Overwrites nothing and needs no network.',
    )
    .argument('[folder]', 'the new folder; default: the name of the template')
    .option('--template <name>', 'what to begin with; --list shows them')
    .option('--list', 'list the templates')
    .option('-y, --yes', 'ask nothing, take the defaults')
    .option('--dry-run', 'print what would be written, and write nothing')
    .addOption(verboseOption())
    .addOption(jsonOption('print a JSON object: { folder, template, files, next }'))
    .addHelpText(
      'after',
      examples('dapo init --list', 'dapo init first --template arithmetic --dry-run', 'dapo init first --yes'),
    )
    .action(async (folder, options) => {
      const { init } = await import('../actions/init.js');
      await init(folder, options);
    });
}
