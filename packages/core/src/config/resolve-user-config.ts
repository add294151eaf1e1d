import { DapoProblems, isDapoError, type DapoError } from '../errors/dapo-error.js';
import { resolutionFailed } from '../errors/config-errors.js';
import type { PluginManifest } from '../plugin/manifest.js';
import type { CodeAboutToRun, ModuleLoader } from '../plugin/module-loader.js';
import { PluginRegistry } from '../plugin/registry.js';
import { expandLayers } from './expand-layers.js';
import { isLoadedConfig, type ConfigLayerWithOrigin, type LoadedConfig } from './layers.js';
import { parseOverride } from './parse-override.js';
import { resolveConfig, type ConfigResolution } from './resolve-config.js';
import type { UserConfig } from './user-config.js';

export type { LoadedConfig } from './layers.js';

export interface ConfigOptions {
  /** Where plugins and presets come from: the engine knows none by itself. */
  readonly manifests: readonly PluginManifest[];
  /** `path=value` each, on top of everything else. */
  readonly set?: readonly string[];
  /** Folder that relative paths of a config given as an object start from; by default the working folder. */
  readonly cwd?: string;
  /** Modules that config and plugin files share with this process, by name: `{ '@dapo/plugins': plugins }`. */
  readonly virtualModules?: Readonly<Record<string, unknown>>;
  /** Refuse to run the code of plugin files and packages. */
  readonly noExec?: boolean;
  /** Told of each config, file and package whose code is about to run. */
  readonly onCode?: (code: CodeAboutToRun) => void;
  /** Reads files and packages; by default Node's. */
  readonly loader?: ModuleLoader;
}

export interface UserConfigResolution extends ConfigResolution {
  /** Folder that relative paths start from. */
  readonly folder: string;
}

/** Expands and resolves a config. What is wrong with it stands in `problems`. */
export async function resolveUserConfig(
  config: UserConfig | LoadedConfig,
  options: ConfigOptions,
): Promise<UserConfigResolution> {
  const folder = isLoadedConfig(config) ? config.folder : (options.cwd ?? workingFolder());
  try {
    const loader = options.loader ?? (await import('../node/module-loader.js')).nodeModuleLoader(options);
    const overrides = (options.set ?? []).map(parseOverride);
    const layers = isLoadedConfig(config)
      ? [...config.layers, ...overrides]
      : await expandLayers(asLayer(config), overrides, { ...options, loader, folder });
    const registry = new PluginRegistry(options.manifests);
    return { ...(await resolveConfig({ layers, folder }, { registry, loader })), folder };
  } catch (error) {
    return { problems: problemsOf(error), warnings: [], provenance: new Map(), plugins: new Map(), folder };
  }
}

/** A config that is complete already, such as a manifest's, as it is: no defaults and no presets below it. */
export function asLoadedConfig(config: object, origin: string, folder: string): LoadedConfig {
  return { layers: [{ layer: { ...config }, origin }], folder };
}

function asLayer(config: UserConfig): ConfigLayerWithOrigin {
  return { layer: { ...config }, origin: 'config', locate: () => undefined };
}

function problemsOf(error: unknown): readonly DapoError[] {
  if (error instanceof DapoProblems) return error.problems;
  return [isDapoError(error) ? error : resolutionFailed(error)];
}

function workingFolder(): string {
  const { process } = globalThis as { readonly process?: { cwd?(): string } };
  return process?.cwd?.() ?? '/';
}
