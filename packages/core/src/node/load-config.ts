import { expandLayers } from '../config/expand-layers.js';
import type { LoadedConfig } from '../config/layers.js';
import type { LoadConfigOptions } from '../config/load-config.js';
import { parseOverride } from '../config/parse-override.js';
import { nodeModuleLoader } from './module-loader.js';

/** Reads a config file, what it extends, and the overrides. */
export async function loadConfigFile(options: LoadConfigOptions): Promise<LoadedConfig> {
  const { manifests, cwd = process.cwd(), set = [] } = options;
  const overrides = set.map(parseOverride);
  const loader = nodeModuleLoader(options);
  const found = options.file ? await loader.readConfig(options.file, cwd) : await loader.searchConfig(cwd);
  const { file, folder } = found;
  return { layers: await expandLayers(found, overrides, { manifests, loader, folder }), file, folder };
}
