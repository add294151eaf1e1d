import type { Program } from '../commander.js';
import { examples } from '../examples.js';
import {
  decimal,
  jsonOption,
  noExecOption,
  positiveNumber,
  positiveShare,
  threadsOption,
  verboseOption,
} from '../options.js';

export function addEval(program: Program): void {
  program
    .command('eval')
    .summary('measure avg@k, pass@k and maj@k of a run on its held-out set')
    .description(
      'Answers the held-out problems of a run and prints avg@k, the unbiased pass@k and, where a reward reads the\n' +
        'answers out, maj@k (majority vote), each with its 95 % interval.\n' +
        'The problems and the random numbers are fixed: two checkpoints differ by their weights alone.',
    )
    .argument('<run>', 'folder of a run (its newest checkpoint), or of one of its checkpoints')
    .option('--k <number>', 'answers per problem', positiveNumber)
    .option('--problems <number>', 'how many of the held-out problems', positiveNumber)
    .option('--temperature <number>', 'temperature of the answers; 0 takes the likeliest token', decimal)
    .option('--top-p <share>', 'sample from the likeliest tokens that make up this share', positiveShare)
    .addOption(threadsOption())
    .addOption(noExecOption())
    .addOption(verboseOption())
    .addOption(jsonOption('print a JSON object'))
    .addHelpText(
      'after',
      examples('dapo eval runs/first --k 16', 'dapo eval runs/first/checkpoints/step-000010 --temperature 0.6 --json'),
    )
    .action(async (folder, options) => {
      const { evaluate } = await import('../actions/eval.js');
      await evaluate(folder, options);
    });
}
