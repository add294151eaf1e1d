import type { Program } from '../commander.js';
import { examples } from '../examples.js';
import { jsonOption, verboseOption } from '../options.js';

export function addPluginLint(plugin: Program): void {
  plugin
    .command('lint')
    .summary('look through plugins for what a reader or a run would trip over')
    .description(
      'Looks through plugin files without training: name, words, options, metrics, imports, reads of tensors, a test\n' +
        'beside it. Each finding has its line and what to do. Ends with 1 where there is an error; warnings may be meant.',
    )
    .argument('[files...]', 'files of plugins; default: all in plugins/, in a package of plugins those in src/')
    .addOption(verboseOption())
    .addOption(jsonOption('print a JSON array of findings: { file, line, rule, level, message, hint }'))
    .addHelpText('after', examples('dapo plugin lint', 'dapo plugin lint plugins/my-clip.ts --json'))
    .action(async (files, options) => {
      const { lintPlugins } = await import('../actions/plugin-lint.js');
      await lintPlugins(files, options);
    });
}
