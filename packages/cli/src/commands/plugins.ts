import type { Program } from '../commander.js';
import { examples } from '../examples.js';
import { jsonOption, noExecOption, verboseOption } from '../options.js';

export function addPlugins(program: Program): void {
  program
    .command('plugins')
    .summary('list the techniques, or describe one')
    .description(
      'Lists the plugins by kind, or prints all about one: options, source, departures, metrics. Those that ship with the\n' +
        'engine, and those of this folder: in plugins/, or named by its config. A path or a package shows what is in it.',
    )
    .argument('[name]', 'a kind, a plugin, kind/plugin, a file or a package')
    .option('--metrics', 'list the metrics that plugins record')
    .addOption(noExecOption())
    .addOption(verboseOption())
    .addOption(jsonOption('print JSON'))
    .addHelpText(
      'after',
      examples(
        'dapo plugins',
        'dapo plugins clip-rule',
        'dapo plugins clip-higher',
        'dapo plugins ./plugins/my-clip.ts',
        'dapo plugins --metrics',
      ),
    )
    .action(async (name, options) => {
      const { showPlugins } = await import('../actions/plugins.js');
      await showPlugins(name, options);
    });
}
