import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createJiti, type Jiti } from 'jiti';
import * as zod from 'zod';
import { missingFile } from '../errors/data-errors.js';
import { codeRefused } from '../errors/config-file-errors.js';
import { isFilePath, type LoadedModule, type ModuleLoader } from '../plugin/module-loader.js';
import { tf } from '../tensors/tf.js';
import { importError } from './import-error.js';
import { readConfigFile, searchConfigFile, type FileLayer } from './read-config-file.js';

export interface NodeModuleLoaderOptions {
  /** Modules that files share with this process instead of finding copies of their own. */
  readonly virtualModules?: Readonly<Record<string, unknown>>;
  /** Refuse to run any code. */
  readonly noExec?: boolean;
}

export interface NodeModuleLoader extends ModuleLoader {
  /** Looks for a config in a folder and above it, up to the first that has a package.json. */
  searchConfig(folder: string): Promise<FileLayer>;
}

/** Imports TypeScript and JavaScript files by jiti, packages by Node itself. */
export function nodeModuleLoader({ virtualModules = {}, noExec = false }: NodeModuleLoaderOptions = {}): NodeModuleLoader {
  const jiti = once(() => startJiti(virtualModules));
  const importFile = async (file: string): Promise<Readonly<Record<string, unknown>>> => {
    if (noExec) throw codeRefused(file);
    try {
      return await (await jiti()).import<Readonly<Record<string, unknown>>>(file);
    } catch (error) {
      throw await importError(error, file);
    }
  };
  return {
    load: async (specifier, fromFolder) =>
      isFilePath(specifier)
        ? loadFile(path.resolve(fromFolder, specifier), importFile)
        : loadPackage(specifier, fromFolder, noExec ? undefined : await jiti(), importFile),
    readConfig: (file, fromFolder) => readConfigFile(path.resolve(fromFolder, file), fromFolder, importFile),
    searchConfig: (folder) => searchConfigFile(path.resolve(folder), importFile),
  };
}

async function startJiti(virtualModules: Readonly<Record<string, unknown>>): Promise<Jiti> {
  const core = await import('../index.js');
  return createJiti(import.meta.url, {
    interopDefault: false,
    fsCache: false,
    virtualModules: { '@dapo/core': core, '@tensorflow/tfjs': tf, zod, ...virtualModules },
  });
}

type ImportFile = (file: string) => Promise<Readonly<Record<string, unknown>>>;

async function loadFile(file: string, importFile: ImportFile): Promise<LoadedModule> {
  if (!existsSync(file)) throw missingFile(file);
  return { exports: await importFile(file), file, hash: await hashOf(file) };
}

async function loadPackage(
  name: string,
  fromFolder: string,
  jiti: Jiti | undefined,
  importFile: ImportFile,
): Promise<LoadedModule> {
  if (!jiti) throw codeRefused(name);
  const from = pathToFileURL(path.join(path.resolve(fromFolder), 'dapo.config.js'));
  const file = fileURLToPath(jiti.esmResolve(name, { parentURL: from }));
  const exports = /\.[cm]?ts$/.test(file)
    ? await importFile(file)
    : ((await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>);
  return { exports, file, hash: await hashOf(file), version: await versionOf(file) };
}

async function hashOf(file: string): Promise<string> {
  return createHash('sha256').update(await fs.readFile(file)).digest('hex');
}

/** Version of the package that a file belongs to. */
async function versionOf(file: string): Promise<string | undefined> {
  for (let folder = path.dirname(file); folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const manifest = path.join(folder, 'package.json');
    if (!existsSync(manifest)) continue;
    const { version } = JSON.parse(await fs.readFile(manifest, 'utf8')) as { readonly version?: string };
    if (version) return version;
  }
  return undefined;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
