import type { Program } from '../commander.js';
import { examples } from '../examples.js';
import {
  backendOption,
  jsonOption,
  noExecOption,
  seedOption,
  setOption,
  stepsOption,
  verboseOption,
} from '../options.js';

export function addReproduce(program: Program): void {
  program
    .command('reproduce')
    .summary('train a run again from its manifest: are the metrics equal, bit for bit, and if not, what differs?')
    .description(
      'Trains with the config, seed, plugins and data of a run once more and compares all recorded values but those of\n' +
        'time, memory and money. Where they differ, says what is not as it was: config, plugins and data by their hash,\n' +
        'versions, backend, machine. Ends with 1 where a value is another one.',
    )
    .argument('<run>', 'folder of the run')
    .addOption(stepsOption('compare only so many rollout steps (default: all that were recorded)'))
    .option('--out <folder>', 'keep the new run there (default: it is thrown away)')
    .addOption(seedOption())
    .addOption(setOption())
    .addOption(backendOption())
    .addOption(noExecOption())
    .addOption(verboseOption())
    .addOption(jsonOption('print a JSON object: equal or not, every value that is another one, what differs'))
    .addHelpText('after', examples('dapo reproduce runs/first', 'dapo reproduce runs/first --steps 2 --json'))
    .action(async (run, options) => {
      const { reproduce } = await import('../actions/reproduce.js');
      await reproduce(run, options);
    });
}
