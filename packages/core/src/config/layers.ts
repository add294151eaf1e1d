import type { Location } from '../errors/dapo-error.js';

/** One layer of a config with where it came from. */
export interface ConfigLayerWithOrigin {
  /** As it was written; nothing of it is checked yet. */
  readonly layer: Readonly<Record<string, unknown>>;
  /** 'defaults of @dapo/plugins', 'preset dapo', 'dapo.config.ts', 'the command line'. */
  readonly origin: string;
  /** The file that it was read from. */
  readonly file?: string;
  /** Folder that relative paths in it start from; without it, the config's. */
  readonly folder?: string;
  /** Made for many configs, as a preset is: what it takes out need not be there. */
  readonly shared?: true;
  /** Where in its file a path stands, or the nearest path above it. */
  readonly locate?: (path: readonly string[]) => Location | undefined;
}

/** Origin of what the command line says. */
export const OVERRIDE_ORIGIN = 'the command line';

/** A config with everything that it extends and every override, the lowest layer first. */
export interface LoadedConfig {
  readonly layers: readonly ConfigLayerWithOrigin[];
  /** The config file, where there is one. */
  readonly file?: string;
  /** Folder that relative paths start from. */
  readonly folder: string;
}

/** Whether a config has its layers already. */
export function isLoadedConfig(config: object): config is LoadedConfig {
  return 'layers' in config && Array.isArray(config.layers);
}

/** Plain keys and values, as JSON and YAML give them; no array, no instance of a class. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
