import type { ConfigLayerWithOrigin } from '../config/layers.js';

export interface LoadedModule {
  readonly exports: Readonly<Record<string, unknown>>;
  /** The file that was imported. */
  readonly file: string;
  /** SHA-256 of the file, in hex. */
  readonly hash: string;
  /** Version of the package, where it is one. */
  readonly version?: string;
}

/** Reads what a config names. The engine has none of its own, so that it runs where there are no files, too. */
export interface ModuleLoader {
  /** Imports a file (`./my-clip.ts`) or an installed package, as seen from a folder. */
  load(specifier: string, fromFolder: string): Promise<LoadedModule>;
  /** Reads a config file, as seen from a folder. Its layer carries the folder that it stands in. */
  readConfig(file: string, fromFolder: string): Promise<ConfigLayerWithOrigin & { readonly file: string; readonly folder: string }>;
}

/** Whether a name in a config is the path of a file. */
export function isFilePath(specifier: string): boolean {
  return /^(\.{1,2}[\\/]|\/|[A-Za-z]:[\\/])/.test(specifier);
}

/** Whether a name in a config is that of an npm package; built-in names have neither scope nor prefix. */
export function isPackageName(specifier: string): boolean {
  return /^(@[^/]+\/.+|dapo-plugin-.+)$/.test(specifier);
}
