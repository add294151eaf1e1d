import type { Plugin } from './define-plugin.js';
import type { Kind } from './kinds.js';
import type { Modules } from './module-loader.js';
import type { ConfigLayer } from '../config/user-config.js';
import type { ErrorExplanations } from '../errors/explanations/index.js';

/** Imports one plugin file; its default export is the plugin. */
export type LazyPlugin = () => Promise<{ readonly default: unknown }>;

/** What a package of plugins offers: the engine knows plugins only through manifests that are handed to it. */
export interface PluginManifest {
  /** npm name of the package. */
  readonly name: string;
  readonly version: string;
  /**
   * Folders of its code, that of its plugins first: `[new URL('.', import.meta.url)]`. The manifest of a run holds the
   * hashes of what lies there; without them a run knows the version only.
   */
  readonly code?: readonly URL[];
  /** Kind → name → lazy import. */
  readonly plugins: Readonly<Partial<Record<Kind, Readonly<Record<string, LazyPlugin>>>>>;
  /** The lowest layer of every config: what stands where nobody chooses. */
  readonly defaults?: ConfigLayer;
  /** Name → a few lines of config. */
  readonly presets?: Readonly<Record<string, () => Promise<{ readonly default: ConfigLayer }>>>;
  /** Of the errors that the package can report: what `dapo explain CODE` prints. */
  readonly explanations?: ErrorExplanations;
}

/** A plugin with where it came from. */
export interface FoundPlugin {
  readonly plugin: Plugin;
  /** `@dapo/plugins@0.1.0` or a file path. */
  readonly origin: string;
  /** sha256 of the file, where it came from one. */
  readonly hash?: string;
  /** Of a plugin in its place in a config: what its own `modules` named there. */
  readonly modules?: Modules;
  /** Where the package that lists it has its code. */
  readonly code?: URL;
  /** In its place in a config: the files that it begins with, whole paths. */
  readonly files?: readonly string[];
}
