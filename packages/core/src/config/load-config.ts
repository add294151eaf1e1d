import type { CodeAboutToRun } from '../plugin/module-loader.js';
import type { PluginManifest } from '../plugin/manifest.js';
import type { LoadedConfig } from './layers.js';

export interface LoadConfigOptions {
  /** Where presets and defaults come from. */
  readonly manifests: readonly PluginManifest[];
  /** The config file; without it, one is looked for in `cwd` and above it up to the next package.json. */
  readonly file?: string;
  /** By default the working folder. */
  readonly cwd?: string;
  /** `path=value` each, on top of everything else. */
  readonly set?: readonly string[];
  /** Modules that config and plugin files share with this process, by name: `{ '@dapo/plugins': plugins }`. */
  readonly virtualModules?: Readonly<Record<string, unknown>>;
  /** Refuse to run code: only YAML and JSON are read, and no plugin file. */
  readonly noExec?: boolean;
  /** Told of each config, file and package whose code is about to run. */
  readonly onCode?: (code: CodeAboutToRun) => void;
}

/**
 * Reads a config file (TypeScript, JavaScript, YAML, JSON or the key `dapo` of a package.json) with everything that it
 * extends, under the overrides.
 *
 * @throws DapoError where a file is missing, empty, can't be parsed or extends what isn't there
 */
export async function loadConfig(options: LoadConfigOptions): Promise<LoadedConfig> {
  // Imported here: files are Node's, and the engine also runs where there is none.
  const { loadConfigFile } = await import('../node/load-config.js');
  return loadConfigFile(options);
}
