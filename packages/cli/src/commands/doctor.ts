import type { Program } from '../commander.js';
import { examples } from '../examples.js';
import { backendOption, jsonOption, verboseOption } from '../options.js';

export function addDoctor(program: Program): void {
  program
    .command('doctor')
    .summary('what this machine offers, and how fast it is')
    .description(
      'Prints machine and tensor backends, measures the one that a run would take, and says how to get a faster one.',
    )
    .addOption(backendOption())
    .addOption(verboseOption())
    .addOption(jsonOption('print a JSON object'))
    .addHelpText('after', examples('dapo doctor', 'dapo doctor --backend wasm'))
    .action(async (options) => {
      const { examine } = await import('../actions/doctor.js');
      await examine(options);
    });
}
