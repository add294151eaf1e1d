import type { Program } from '../commander.js';
import { examples } from '../examples.js';
import { jsonOption, verboseOption } from '../options.js';

export function addPluginNew(plugin: Program): void {
  plugin
    .command('new')
    .summary('write a working plugin with its test')
    .description(
      'Writes plugins/NAME.ts and plugins/NAME.test.ts into this folder, and prints the line of config that takes it;\n' +
        'in a package of plugins src/NAME.ts and src/NAME.test.ts.\n' +
        'With --package a folder of its own: an npm package to publish, dapo-plugin-NAME.\n' +
        'What comes out works: it is a small technique of its kind to change into yours. Overwrites nothing.',
    )
    .argument('<kind>', 'what it is: dapo plugins lists the kinds')
    .argument('<name>', 'its name, in small letters and hyphens: my-clip')
    .option('--package [folder]', 'a package of its own; default: the folder dapo-plugin-NAME')
    .option('--dry-run', 'print what would be written, and write nothing')
    .addOption(verboseOption())
    .addOption(jsonOption('print a JSON object: { kind, name, folder, files, config, next }'))
    .addHelpText(
      'after',
      examples(
        'dapo plugin new clip-rule my-clip',
        'dapo plugin new reward my-reward --dry-run',
        'dapo plugin new reward my-reward --package',
      ),
    )
    .action(async (kind, name, options) => {
      const { newPlugin } = await import('../actions/plugin-new.js');
      await newPlugin(kind, name, options);
    });
}
