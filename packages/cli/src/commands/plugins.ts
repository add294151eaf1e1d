import type { Program } from '../commander.js';
import { examples } from '../examples.js';
import { jsonOption, verboseOption } from '../options.js';

export function addPlugins(program: Program): void {
  program
    .command('plugins')
    .summary('list the techniques, or describe one')
    .description('Lists the plugins by kind, or prints all about one: options, source, departures, metrics.')
    .argument('[name]', 'a kind, a plugin, or kind/plugin')
    .option('--metrics', 'list the metrics that plugins record')
    .addOption(verboseOption())
    .addOption(jsonOption('print JSON'))
    .addHelpText(
      'after',
      examples(
        'dapo plugins',
        'dapo plugins clip-rule',
        'dapo plugins clip-higher',
        'dapo plugins --metrics',
      ),
    )
    .action(async (name, options) => {
      const { showPlugins } = await import('../actions/plugins.js');
      showPlugins(name, options);
    });
}
