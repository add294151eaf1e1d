import type { Program } from '../commander.js';
import { examples } from '../examples.js';
import { addPluginLint } from './plugin-lint.js';
import { addPluginNew } from './plugin-new.js';
import { addPluginTest } from './plugin-test.js';

export function addPlugin(program: Program): void {
  const plugin = program
    .command('plugin')
    .summary('make a plugin of your own, test it, look it through')
    .description('For plugins of your own, one file each. `dapo plugins` lists those that are shipped.')
    .addHelpText(
      'after',
      examples('dapo plugin new clip-rule my-clip', 'dapo plugin test plugins/my-clip.ts', 'dapo plugin lint'),
    );
  addPluginNew(plugin);
  addPluginTest(plugin);
  addPluginLint(plugin);
}
