import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cosmiconfig, type CosmiconfigResult, type Loader } from 'cosmiconfig';
import { parseJson, parseYaml, type ParsedText } from '../config/parse-config-text.js';
import { isMap, type ConfigLayerWithOrigin } from '../config/layers.js';
import {
  configEmpty, configFileMissing, configFileUnreadable, configNotAMap, configNotFound, configWithoutDefault,
} from '../errors/config-file-errors.js';
import { isDapoError, type Location } from '../errors/dapo-error.js';

type ImportFile = (file: string) => Promise<Readonly<Record<string, unknown>>>;
export type FileLayer = ConfigLayerWithOrigin & { readonly file: string; readonly folder: string };

const CODE = ['.ts', '.mts', '.js', '.mjs'];
const TEXT = ['.yaml', '.yml', '.json'];

/** Where a config is looked for, the first found is taken. */
export const configPlaces: readonly string[] = [
  ...[...CODE, ...TEXT].map((ending) => `dapo.config${ending}`),
  '.daporc',
  ...TEXT.map((ending) => `.daporc${ending}`),
  'package.json',
];

/** What a loader hands through cosmiconfig: a value with its places, kept in one piece. */
class Loaded implements ParsedText {
  constructor(
    readonly value: unknown,
    readonly locate: (path: readonly string[]) => Location,
  ) {}
}

/** Reads a config file; its origin is its path from a folder. */
export async function readConfigFile(file: string, fromFolder: string, importFile: ImportFile): Promise<FileLayer> {
  if (!existsSync(file)) throw configFileMissing(file);
  const known = [...CODE, ...TEXT];
  if (path.extname(file) !== '' && !known.includes(path.extname(file))) throw configFileUnreadable(file, known);
  return layerOf(await ask(importFile, (explorer) => explorer.load(file)), file, fromFolder);
}

/** Looks for a config in a folder and above it, up to the first that has a package.json. */
export async function searchConfigFile(folder: string, importFile: ImportFile): Promise<FileLayer> {
  for (const place of foldersOfProject(folder)) {
    const found = await ask(importFile, (explorer) => explorer.search(place));
    if (found) return layerOf(found, found.filepath, folder);
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

async function ask(importFile: ImportFile, question: (explorer: Explorer) => Promise<CosmiconfigResult>): Promise<CosmiconfigResult> {
  const explorer = withoutMetaConfig(() =>
    cosmiconfig('dapo', {
      searchPlaces: [...configPlaces],
      searchStrategy: 'none',
      ignoreEmptySearchPlaces: false,
      cache: false,
      loaders: loadersFor(importFile),
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

function loadersFor(importFile: ImportFile): Record<string, Loader> {
  const code: Loader = async (file) => {
    const exports = await importFile(file);
    if (!('default' in exports)) throw configWithoutDefault(file, Object.keys(exports));
    return new Loaded(exports['default'], () => ({ file }));
  };
  const yaml: Loader = (file, text) => keep(parseYaml(text, file));
  const json: Loader = (file, text) => (path.basename(file) === 'package.json' ? packageKey(text, file) : keep(parseJson(text, file)));
  return {
    ...Object.fromEntries(CODE.map((ending) => [ending, code])),
    '.yaml': yaml,
    '.yml': yaml,
    '.json': json,
    noExt: yaml,
  };
}

function keep({ value, locate }: ParsedText): Loaded {
  return new Loaded(value, locate);
}

/** The key `dapo` of a package.json, under which cosmiconfig looks for it. */
function packageKey(text: string, file: string): Readonly<Record<string, unknown>> {
  const { value, locate } = parseJson(text, file);
  if (!isMap(value) || !('dapo' in value)) return {};
  return { dapo: new Loaded(value['dapo'], (below) => locate(['dapo', ...below])) };
}

function layerOf(found: CosmiconfigResult, file: string, fromFolder: string): FileLayer {
  const loaded = found?.config as Loaded | undefined;
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
