import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { noPluginFiles, noSuchPluginFile, pluginIsFolder, pluginIsTest } from './scaffold-errors.js';

/**
 * The plugin files of this folder: those in plugins/ of an experiment, or those that a package of plugins names.
 *
 * @throws CommandError where there are none
 */
export function ownPluginFiles(): string[] {
  const files = pluginFilesHere();
  if (files.length === 0) throw noPluginFiles();
  return files;
}

/** The same; none where there are none. */
export function pluginFilesHere(): string[] {
  return [...pluginsOfPackage(), ...filesIn('plugins')];
}

/**
 * What a person names and can't mean.
 *
 * @throws CommandError where it is not there, a folder, or the test of a plugin
 */
export function refuseOtherThanPlugin(file: string): void {
  if (!existsSync(file)) throw noSuchPluginFile(file);
  if (statSync(file).isDirectory()) throw pluginIsFolder(file, filesIn(file));
  if (/\.test\.[cm]?[jt]s$/.test(file)) throw pluginIsTest(file);
}

function filesIn(folder: string): string[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const own = names.filter((name) => /\.[cm]?[jt]s$/.test(name) && !/\.(test|d)\.[cm]?[jt]s$/.test(name));
  const files = own.sort().map((name) => `${folder}/${name}`);
  // What plugins share stands beside them, and is none.
  return files.filter((file) => /\b(definePlugin|pluginClass)\b/.test(readFileSync(file, 'utf8')));
}

/** `dapo.plugins` of package.json: kind → names, which are those of the files in src/. */
function pluginsOfPackage(): string[] {
  if (!existsSync('package.json')) return [];
  const { dapo } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    readonly dapo?: { readonly plugins?: unknown };
  };
  const plugins = dapo?.plugins;
  if (typeof plugins !== 'object' || plugins === null || Array.isArray(plugins)) return [];
  const names = Object.values(plugins as Readonly<Record<string, readonly string[]>>).flat();
  return names.map((name) => `src/${name}.ts`);
}
