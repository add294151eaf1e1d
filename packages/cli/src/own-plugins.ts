import { existsSync } from 'node:fs';
import { isDapoError, isFilePath, isPackageName, loadConfig, resolveUserConfig, type Plugin } from '@dapo/core';
import { loadPlugins } from '@dapo/core/testing';
import manifest from '@dapo/plugins';
import type { CataloguedPlugin } from './catalogue.js';
import { describePlugin } from './describe-plugin.js';
import { engineOptions, type ExecOptions } from './engine.js';
import { describeError } from './report-error.js';
import { pluginFilesHere, refuseOtherThanPlugin } from './scaffold/own-plugin-files.js';
import { noPluginIn } from './scaffold/scaffold-errors.js';
import { coloursOf, printAside } from './terminal.js';

/**
 * The plugins of a file (`./mine.ts`, `plugins/mine.ts`) or of an installed package.
 *
 * @throws CommandError where there are none in it
 */
export async function pluginsFrom(from: string, exec: ExecOptions): Promise<CataloguedPlugin[]> {
  if (existsSync(from)) refuseOtherThanPlugin(from);
  const specifier = isFilePath(from) || isPackageName(from) ? from : `./${from}`;
  const plugins = await loadPlugins(specifier, process.cwd(), engineOptions(exec));
  if (plugins.length === 0) throw noPluginIn(from);
  const nameIn = (plugin: Plugin): string => (plugins.length > 1 ? `${specifier}#${plugin.name}` : specifier);
  return plugins.map((plugin) => ({ ...describePlugin(plugin), use: nameIn(plugin), from }));
}

/**
 * The plugins of this folder: those in plugins/ (or of the package that it is), and those that its config names. What
 * can't be loaded is told and left out.
 */
export async function pluginsHere(exec: ExecOptions): Promise<CataloguedPlugin[]> {
  const found: CataloguedPlugin[] = [];
  for (const file of pluginFilesHere()) found.push(...(await pluginsFrom(`./${file}`, exec).catch(tell)));
  found.push(...(await pluginsOfConfig(exec).catch(tell)));
  // Named by the config and in the folder is once: as the file is found here.
  return [...new Map(found.reverse().map((plugin) => [`${plugin.kind} ${plugin.name}`, plugin])).values()].reverse();
}

async function pluginsOfConfig(exec: ExecOptions): Promise<CataloguedPlugin[]> {
  const engine = engineOptions(exec);
  const { config, plugins, folder } = await resolveUserConfig(await loadConfig(engine), engine);
  const shipped = `${manifest.name}@${manifest.version}`;
  const placed = [...plugins.values()].filter(({ origin }) => origin !== shipped);
  const found = placed.map(({ plugin, origin }) => ({
    ...describePlugin(plugin),
    use: origin.replace(/@[^@/]*$/, ''),
  }));
  for (const specifier of config?.plugins ?? []) {
    const listed = await loadPlugins(specifier, folder, engine);
    found.push(...listed.map((plugin) => ({ ...describePlugin(plugin), use: plugin.name })));
  }
  return found;
}

/** A folder without a config has none to tell of. */
function tell(error: unknown): CataloguedPlugin[] {
  if (!isDapoError(error) || error.code !== 'DAPO_CONFIG_NOT_FOUND')
    printAside(`${describeError(error, false, coloursOf(process.stderr))}\n`);
  return [];
}
