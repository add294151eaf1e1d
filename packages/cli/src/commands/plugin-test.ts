import type { Program } from '../commander.js';
import { examples } from '../examples.js';
import { jsonOption, verboseOption } from '../options.js';

export function addPluginTest(plugin: Program): void {
  plugin
    .command('test')
    .summary('check that plugins hold to their contract')
    .description(
      'Runs all that the contract of its kind asks of a plugin, on every backend that is there: shapes, masks, order,\n' +
        'gradients, edge cases, leaks, state. Ends with 1 where one does not hold.',
    )
    .argument('[files...]', 'files of plugins; default: all in plugins/, in a package of plugins those in src/')
    .option('--options <json>', 'options for plugins that can not be made without: {"least": 2}')
    .option('--backend <name>', 'one backend alone: cpu, wasm, tensorflow')
    .addOption(verboseOption())
    .addOption(jsonOption('print JSON: for each plugin and backend the checks that failed'))
    .addHelpText('after', examples('dapo plugin test', 'dapo plugin test plugins/my-clip.ts --backend cpu'))
    .action(async (files, options) => {
      const { testPlugins } = await import('../actions/plugin-test.js');
      await testPlugins(files, options);
    });
}
