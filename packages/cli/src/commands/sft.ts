import type { Program } from '../commander.js';
import { examples } from '../examples.js';
import {
  backendOption,
  configArgument,
  jsonOption,
  noExecOption,
  positiveNumber,
  quietOption,
  seedOption,
  setOption,
  stepsOption,
  threadsOption,
  verboseOption,
} from '../options.js';

export function addSft(program: Program): void {
  program
    .command('sft')
    .summary('warm start: learn the answers of the training prompts')
    .description(
      'Supervised warm start: raises the probability of the reference (or of the column «target») of each training\n' +
        'prompt, and saves the policy. A config takes it as policy.checkpoint.',
    )
    .argument('[config]', configArgument)
    .requiredOption('--out <folder>', 'folder for the policy')
    .addOption(stepsOption('optimizer steps').default(100))
    .option('--batch <number>', 'examples per step', positiveNumber, 64)
    .addOption(setOption())
    .addOption(seedOption())
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(noExecOption())
    .addOption(verboseOption())
    .addOption(quietOption())
    .addOption(jsonOption('one JSON object a line; text goes to stderr'))
    .addHelpText('after', examples('dapo sft --out warm --steps 200', 'dapo train --set policy.checkpoint=warm'))
    .action(async (config, options) => {
      const { fineTune } = await import('../actions/sft.js');
      await fineTune(config, options);
    });
}
