import type { ConfigLayerWithOrigin } from '../config/layers.js';

export interface LoadedModule {
  readonly exports: Readonly<Record<string, unknown>>;
  /** The file that was imported. */
  readonly file: string;
  /** SHA-256 of the file with what it imports from beside it, or of the whole package, in hex. */
  readonly hash: string;
  /** Version of the package, where it is one. */
  readonly version?: string;
  /** What the package says of itself, where it is one. */
  readonly package?: PackageFacts;
}

/** What the package.json of an installed package says, as it is written there. */
export interface PackageFacts {
  readonly name: string;
  readonly version: string;
  /** The package.json itself. */
  readonly file: string;
  /** Versions of @dapo/core that it wants beside itself: of `peerDependencies`. */
  readonly peer?: string;
  /** Its field `dapo`: which engine, which plugins. Nothing of it is checked yet. */
  readonly dapo?: unknown;
}

/** Code that a config names and that is about to run. */
export interface CodeAboutToRun {
  readonly what: 'config' | 'file' | 'package';
  /** As it was named: `./my-clip.ts`, `dapo-plugin-clips`. */
  readonly specifier: string;
  readonly file: string;
  /** SHA-256 of the file with what it imports from beside it, or of the whole package, in hex. */
  readonly hash: string;
  /** Of a package. */
  readonly version?: string;
}

/** Reads what a config names. The engine has none of its own, so that it runs where there are no files, too. */
export interface ModuleLoader {
  /**
   * Imports a file (`./my-clip.ts`) or an installed package, as seen from a folder. `inspect` is shown what a package
   * says of itself before any of its code runs, and may throw.
   */
  load(specifier: string, fromFolder: string, inspect?: (facts: PackageFacts) => void): Promise<LoadedModule>;
  /** Reads a config file, as seen from a folder. Its layer carries the folder that it stands in. */
  readConfig(
    file: string,
    fromFolder: string,
  ): Promise<ConfigLayerWithOrigin & { readonly file: string; readonly folder: string }>;
}

/** What a plugin's own `modules` named, imported: specifier as its options give it → module. */
export type Modules = ReadonlyMap<string, LoadedModule>;

/** Whether a name in a config is the path of a file. */
export function isFilePath(specifier: string): boolean {
  return /^(\.{1,2}[\\/]|\/|[A-Za-z]:[\\/])/.test(specifier);
}

/** Whether a name in a config is that of an npm package; built-in names have neither scope nor prefix. */
export function isPackageName(specifier: string): boolean {
  return /^(@[^/]+\/.+|dapo-plugin-.+)$/.test(specifier);
}
