import type { Program } from '../commander.js';
import { examples } from '../examples.js';
import {
  backendOption,
  configArgument,
  jsonOption,
  noExecOption,
  quietOption,
  seedOption,
  setOption,
  stepsOption,
  threadsOption,
  verboseOption,
} from '../options.js';

export function addTrain(program: Program): void {
  program
    .command('train')
    .summary('train as a config says')
    .description(
      'Trains as a config says. Ctrl-C finishes the step, saves and ends; a second one aborts at once.\n' +
        'The folder of the run gets manifest.json, metrics.jsonl, checkpoints, evaluations and curves.svg.',
    )
    .argument('[config]', configArgument)
    .addOption(setOption())
    .option('--out <folder>', 'folder of the run (default: runs/NAME-TIME)')
    .addOption(stepsOption('rollout steps to train'))
    .addOption(seedOption())
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(noExecOption())
    .addOption(verboseOption())
    .addOption(quietOption())
    .addOption(jsonOption('one JSON object a line: every record, then the summary; text goes to stderr'))
    .addHelpText(
      'after',
      examples(
        'dapo train',
        'dapo train dapo.config.ts --steps 20 --out runs/first',
        'dapo train --set loss.clip=clip --set rewards.length=false',
      ),
    )
    .action(async (config, options) => {
      const { train } = await import('../actions/train.js');
      await train(config, options);
    });
}
