import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createJiti, type Jiti } from 'jiti';
import * as zod from 'zod';
import { missingFile } from '../errors/data-errors.js';
import { codeRefused } from '../errors/config-file-errors.js';
import {
  isFilePath,
  type CodeAboutToRun,
  type LoadedModule,
  type ModuleLoader,
  type PackageFacts,
} from '../plugin/module-loader.js';
import { tf } from '../tensors/tf.js';
import { hashOfFile, hashOfPackage } from './hash-code.js';
import { importError } from './import-error.js';
import { readConfigFile, searchConfigFile, type FileLayer } from './read-config-file.js';

export interface NodeModuleLoaderOptions {
  /** Modules that files share with this process instead of finding copies of their own. */
  readonly virtualModules?: Readonly<Record<string, unknown>>;
  /** Refuse to run any code. */
  readonly noExec?: boolean;
  /** Told of each config, file and package whose code is about to run. */
  readonly onCode?: (code: CodeAboutToRun) => void;
}

export interface NodeModuleLoader extends ModuleLoader {
  /** Looks for a config in a folder and above it, up to the first that has a package.json. */
  searchConfig(folder: string): Promise<FileLayer>;
}

/** Imports TypeScript and JavaScript files by jiti, packages by Node itself. */
export function nodeModuleLoader({
  virtualModules = {},
  noExec = false,
  onCode,
}: NodeModuleLoaderOptions = {}): NodeModuleLoader {
  const context: LoaderContext = { jiti: once(() => startJiti(virtualModules)), noExec, onCode };
  const readers = { noExec, importFile: (file: string) => importConfig(file, context) };
  return {
    load: (specifier, fromFolder, inspect) =>
      isFilePath(specifier)
        ? loadFile(specifier, path.resolve(fromFolder, specifier), context)
        : loadPackage(specifier, fromFolder, context, inspect),
    readConfig: (file, fromFolder) => readConfigFile(path.resolve(fromFolder, file), fromFolder, readers),
    searchConfig: (folder) => searchConfigFile(path.resolve(folder), readers),
  };
}

interface LoaderContext extends Pick<NodeModuleLoaderOptions, 'onCode'> {
  readonly jiti: () => Promise<Jiti>;
  readonly noExec: boolean;
}

type Exports = Readonly<Record<string, unknown>>;

async function startJiti(virtualModules: Readonly<Record<string, unknown>>): Promise<Jiti> {
  const core = await import('../index.js');
  return createJiti(import.meta.url, {
    interopDefault: false,
    fsCache: false,
    virtualModules: { '@dapo/core': core, '@tensorflow/tfjs': tf, zod, ...virtualModules },
  });
}

async function importConfig(file: string, context: LoaderContext): Promise<Exports> {
  if (context.noExec) throw codeRefused(file);
  context.onCode?.({ what: 'config', specifier: path.basename(file), file, hash: await hashOfFile(file) });
  return importFile(file, context);
}

async function importFile(file: string, { jiti }: LoaderContext): Promise<Exports> {
  try {
    return await (await jiti()).import<Exports>(file);
  } catch (error) {
    throw await importError(error, file);
  }
}

async function loadFile(specifier: string, file: string, context: LoaderContext): Promise<LoadedModule> {
  if (!existsSync(file)) throw missingFile(file);
  if (context.noExec) throw codeRefused(file);
  const hash = await hashOfFile(file);
  context.onCode?.({ what: 'file', specifier, file, hash });
  return { exports: await importFile(file, context), file, hash };
}

async function loadPackage(
  name: string,
  fromFolder: string,
  context: LoaderContext,
  inspect?: (facts: PackageFacts) => void,
): Promise<LoadedModule> {
  if (context.noExec) throw codeRefused(name);
  const from = pathToFileURL(path.join(path.resolve(fromFolder), 'dapo.config.js'));
  const file = fileURLToPath((await context.jiti()).esmResolve(name, { parentURL: from }));
  const facts = await packageOf(file);
  if (facts) inspect?.(facts);
  const hash = await (facts ? hashOfPackage(path.dirname(facts.file)) : hashOfFile(file));
  context.onCode?.({ what: 'package', specifier: name, file, hash, version: facts?.version });
  const exports = /\.[cm]?ts$/.test(file)
    ? await importFile(file, context)
    : ((await import(pathToFileURL(file).href)) as Exports);
  return { exports, file, hash, version: facts?.version, package: facts };
}

/** The package that a file belongs to: the nearest above it that has a version. */
async function packageOf(module: string): Promise<PackageFacts | undefined> {
  for (let folder = path.dirname(module); folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const file = path.join(folder, 'package.json');
    if (!existsSync(file)) continue;
    const { name = '', version, peerDependencies, dapo } = JSON.parse(await fs.readFile(file, 'utf8')) as PackageJson;
    if (version) return { name, version, file, peer: peerDependencies?.['@dapo/core'], dapo };
  }
  return undefined;
}

interface PackageJson {
  readonly name?: string;
  readonly version?: string;
  readonly peerDependencies?: Readonly<Record<string, string | undefined>>;
  readonly dapo?: unknown;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
