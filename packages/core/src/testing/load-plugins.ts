import { nodeModuleLoader, type NodeModuleLoaderOptions } from '../node/module-loader.js';
import { isPlugin, type Plugin } from '../plugin/define-plugin.js';

/** The plugins that a file or an installed package exports, TypeScript as it is. */
export async function loadPlugins(
  specifier: string,
  fromFolder: string,
  options: NodeModuleLoaderOptions = {},
): Promise<readonly Plugin[]> {
  return pluginsOf((await nodeModuleLoader(options).load(specifier, fromFolder)).exports);
}

/** All that a file exports, TypeScript as it is. */
export async function loadExports(file: string, fromFolder: string): Promise<Readonly<Record<string, unknown>>> {
  return (await nodeModuleLoader().load(file, fromFolder)).exports;
}

/** Of all exports those that are plugins. */
export function pluginsOf(exports: Readonly<Record<string, unknown>>): readonly Plugin[] {
  return [...new Set(Object.values(exports))].filter(isPlugin);
}
