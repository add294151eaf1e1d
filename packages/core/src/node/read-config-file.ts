import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cosmiconfig, type CosmiconfigResult, type Loader } from 'cosmiconfig';
import { codeEndings, configEndings, configPlaces } from '../config/config-places.js';
import { parseJson, parseYaml, type ParsedText } from '../config/parse-config-text.js';
import { isMap, type ConfigLayerWithOrigin } from '../config/layers.js';
import {
  configEmpty,
  configFileMissing,
  configFileUnreadable,
  configNotAMap,
  configNotFound,
  configWithoutDefault,
} from '../errors/config-file-errors.js';
import { isDapoError, type Location } from '../errors/dapo-error.js';
import { isPackageField } from '../plugin/plugin-package.js';

/** How configs are read. */
export interface ConfigReaders {
  /** Imports a config that is code. */
  readonly importFile: (file: string) => Promise<Readonly<Record<string, unknown>>>;
  /** Where no code may run, no explorer of cosmiconfig is made either: files are read by ourselves. */
  readonly noExec: boolean;
}
export type FileLayer = ConfigLayerWithOrigin & { readonly file: string; readonly folder: string };

/** What a loader hands through cosmiconfig: a value with its places, kept in one piece. */
class Loaded implements ParsedText {
  constructor(
    readonly value: unknown,
    readonly locate: (path: readonly string[]) => Location,
  ) {}
}

/** Reads a config file; its origin is its path from a folder. */
export async function readConfigFile(file: string, fromFolder: string, readers: ConfigReaders): Promise<FileLayer> {
  if (!existsSync(file)) throw configFileMissing(file);
  const known = configEndings;
  if (path.extname(file) !== '' && !known.includes(path.extname(file))) throw configFileUnreadable(file, known);
  return layerOf(await loaded(readers, file), file, fromFolder);
}

/** Looks for a config in a folder and above it, up to the first that has a package.json. */
export async function searchConfigFile(folder: string, readers: ConfigReaders): Promise<FileLayer> {
  for (const place of foldersOfProject(folder)) {
    const result = await searched(readers, place);
    if (result) return layerOf(result, result.filepath, folder);
  }
  throw configNotFound(folder, configPlaces);
}

/** A folder and those above it, up to the first with a package.json. Cosmiconfig's own strategy goes on to the root. */
function* foldersOfProject(folder: string): Generator<string> {
  let place = path.resolve(folder);
  for (;;) {
    yield place;
    const above = path.dirname(place);
    if (existsSync(path.join(place, 'package.json')) || above === place) return;
    place = above;
  }
}

type Explorer = ReturnType<typeof cosmiconfig>;

async function loaded(readers: ConfigReaders, file: string): Promise<CosmiconfigResult> {
  return readers.noExec ? readText(file, readers) : ask(readers, (explorer) => explorer.load(file));
}

/** The first config in a folder, or null. */
async function searched(readers: ConfigReaders, folder: string): Promise<CosmiconfigResult> {
  if (!readers.noExec) return ask(readers, (explorer) => explorer.search(folder));
  for (const place of configPlaces) {
    const file = path.join(folder, place);
    const result = existsSync(file) ? await readText(file, readers) : null;
    if (result) return result;
  }
  return null;
}

/** Reads one file without cosmiconfig; null is a package.json that has no config. Code is refused by its loader. */
async function readText(file: string, readers: ConfigReaders): Promise<CosmiconfigResult> {
  const loaders = loadersFor(readers);
  const load = loaders[path.extname(file)] ?? loaders['noExt']!;
  const config: unknown = await load(file, await fs.readFile(file, 'utf8'));
  if (config instanceof Loaded) return { config, filepath: file };
  const inPackage = (config as { readonly dapo?: unknown }).dapo;
  return inPackage === undefined ? null : { config: inPackage, filepath: file };
}

async function ask(
  readers: ConfigReaders,
  question: (explorer: Explorer) => Promise<CosmiconfigResult>,
): Promise<CosmiconfigResult> {
  const explorer = withoutMetaConfig(() =>
    cosmiconfig('dapo', {
      searchPlaces: [...configPlaces],
      searchStrategy: 'none',
      ignoreEmptySearchPlaces: false,
      cache: false,
      loaders: loadersFor(readers),
    }),
  );
  try {
    return await question(explorer);
  } catch (error) {
    // Cosmiconfig writes the file into what it rethrows; the errors of the loaders say it themselves.
    if (isDapoError(error)) Reflect.deleteProperty(error, 'filepath');
    throw error;
  }
}

function loadersFor({ importFile }: ConfigReaders): Record<string, Loader> {
  const code: Loader = async (file) => {
    const exports = await importFile(file);
    if (!('default' in exports)) throw configWithoutDefault(file, Object.keys(exports));
    return new Loaded(exports['default'], () => ({ file }));
  };
  const yaml: Loader = (file, text) => keep(parseYaml(text, file));
  const json: Loader = (file, text) =>
    path.basename(file) === 'package.json' ? packageKey(text, file) : keep(parseJson(text, file));
  return {
    ...Object.fromEntries(codeEndings.map((ending) => [ending, code])),
    '.yaml': yaml,
    '.yml': yaml,
    '.json': json,
    noExt: yaml,
  };
}

function keep({ value, locate }: ParsedText): Loaded {
  return new Loaded(value, locate);
}

/**
 * The key `dapo` of a package.json, under which cosmiconfig looks for it. That of a package of plugins says which engine
 * it is for, and is no config.
 */
function packageKey(text: string, file: string): Readonly<Record<string, unknown>> {
  const { value, locate } = parseJson(text, file);
  if (!isMap(value) || !('dapo' in value) || isPackageField(value['dapo'])) return {};
  return { dapo: new Loaded(value['dapo'], (below) => locate(['dapo', ...below])) };
}

function layerOf(result: CosmiconfigResult, file: string, fromFolder: string): FileLayer {
  const loaded = result?.config as Loaded | undefined;
  if (!(loaded instanceof Loaded) || loaded.value === null || loaded.value === undefined) throw configEmpty(file);
  const { value, locate } = loaded;
  if (!isMap(value)) throw configNotAMap(locate([]), value);
  return { layer: value, origin: path.relative(fromFolder, file), file, folder: path.dirname(file), locate };
}

/**
 * Cosmiconfig configures itself from `.config/config.{js,ts,…}` of the working folder, and runs that file. Ours is
 * made as if from a folder that has none, so that no code runs which nobody named.
 */
function withoutMetaConfig<T>(make: () => T): T {
  const cwd = Reflect.get<NodeJS.Process, 'cwd'>(process, 'cwd');
  process.cwd = () => path.dirname(fileURLToPath(import.meta.url));
  try {
    return make();
  } finally {
    process.cwd = cwd;
  }
}
