import type { Program } from '../commander.js';
import { examples } from '../examples.js';
import { jsonOption, noExecOption, quietOption, stepsOption, threadsOption, verboseOption } from '../options.js';

export function addResume(program: Program): void {
  program
    .command('resume')
    .summary('go on with a run')
    .description(
      'Goes on with a run from its newest checkpoint, with the config it was started with.\n' +
        'Says where plugins or versions are not the ones of then.',
    )
    .argument('<run>', 'folder of the run')
    .addOption(stepsOption('rollout steps in all; more than before lengthens the run'))
    .addOption(threadsOption())
    .addOption(noExecOption())
    .addOption(verboseOption())
    .addOption(quietOption())
    .addOption(jsonOption('one JSON object a line: every record, then the summary; text goes to stderr'))
    .addHelpText('after', examples('dapo resume runs/first', 'dapo resume runs/first --steps 200'))
    .action(async (folder, options) => {
      const { resume } = await import('../actions/resume.js');
      await resume(folder, options);
    });
}
