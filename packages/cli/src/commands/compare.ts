import type { Program } from '../commander.js';
import { examples } from '../examples.js';
import { jsonOption, verboseOption } from '../options.js';

export function addCompare(program: Program): void {
  program
    .command('compare')
    .summary('the scores, speed and costs of two runs, and their difference over the same problems')
    .description(
      'Puts two runs side by side: score, learning speed, costs, and the difference of their last evaluations, paired\n' +
        'over the held-out problems where both answered the same ones. Two runs are two seeds: whether a technique is\n' +
        'worth anything, dapo ablate says.',
    )
    .argument('<run>', 'folder of a run')
    .argument('<other>', 'folder of another run')
    .addOption(verboseOption())
    .addOption(jsonOption('print a JSON object'))
    .addHelpText('after', examples('dapo compare runs/first runs/second'))
    .action(async (run, other, options) => {
      const { compareRuns } = await import('../actions/compare.js');
      await compareRuns(run, other, options);
    });
}
