import { nodeModuleLoader } from '../node/module-loader.js';
import { isPlugin, type Plugin } from '../plugin/define-plugin.js';

/** The plugins that a file exports, TypeScript as it is. */
export async function loadPlugins(file: string, fromFolder: string): Promise<readonly Plugin[]> {
  const { exports } = await nodeModuleLoader().load(file, fromFolder);
  return [...new Set(Object.values(exports))].filter(isPlugin);
}
