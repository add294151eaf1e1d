import type { Program } from '../commander.js';
import { examples } from '../examples.js';
import { jsonOption, verboseOption } from '../options.js';

export function addExplain(program: Program): void {
  program
    .command('explain')
    .summary('say what an error means and what to do next')
    .description(
      'Explains the code that stands behind the first line of an error: why it comes, what to do, and the next command.\n' +
        'Without a code, lists all of them. Works offline.',
    )
    .argument('[code]', 'a code: DAPO_CONFIG_UNKNOWN_KEY, or its end')
    .addOption(verboseOption())
    .addOption(jsonOption('print JSON'))
    .addHelpText('after', examples('dapo explain DAPO_CONFIG_UNKNOWN_KEY', 'dapo explain unknown-key', 'dapo explain'))
    .action(async (code, options) => {
      const { explain } = await import('../actions/explain.js');
      explain(code, options);
    });
}
