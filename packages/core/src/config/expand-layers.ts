import { badValue, type Place } from '../errors/config-errors.js';
import {
  baseImportFailed,
  baseMissing,
  configNotAMap,
  extendsCycle,
  unknownPreset,
} from '../errors/config-file-errors.js';
import { isDapoError } from '../errors/dapo-error.js';
import type { PluginManifest } from '../plugin/manifest.js';
import { isFilePath, isPackageName, type ModuleLoader } from '../plugin/module-loader.js';
import { isMap, type ConfigLayerWithOrigin } from './layers.js';

export interface ExpandOptions {
  readonly manifests: readonly PluginManifest[];
  readonly loader: ModuleLoader;
  /** Where relative paths start in layers that have no folder. */
  readonly folder: string;
}

/**
 * The layers of a config, the lowest first: the manifests' defaults, all it extends, itself, the overrides. An
 * override of `extends` changes what the config itself extends.
 */
export async function expandLayers(
  top: ConfigLayerWithOrigin,
  overrides: readonly ConfigLayerWithOrigin[],
  options: ExpandOptions,
): Promise<ConfigLayerWithOrigin[]> {
  const other = overrides.findLast(({ layer }) => 'extends' in layer);
  const config = other ? { ...top, layer: { ...top.layer, extends: other.layer['extends'] } } : top;
  const defaults = options.manifests.flatMap(({ name, defaults: layer }) =>
    layer
      ? [{ layer: layer as Readonly<Record<string, unknown>>, origin: `defaults of ${name}`, shared: true as const }]
      : [],
  );
  const rest = overrides.filter(({ layer }) => !('extends' in layer));
  return [...defaults, ...(await expand(config, [], options)), ...rest];
}

async function expand(
  base: ConfigLayerWithOrigin,
  above: readonly ConfigLayerWithOrigin[],
  options: ExpandOptions,
): Promise<ConfigLayerWithOrigin[]> {
  const chain = [...above, base];
  const place = { path: 'extends', location: base.locate ? base.locate(['extends']) : { file: base.origin } };
  if (above.some((layer) => identity(layer) === identity(base)))
    throw extendsCycle(
      place,
      chain.map(({ origin }) => origin),
    );
  const { extends: named, ...own } = base.layer;
  const layers: ConfigLayerWithOrigin[] = [];
  for (const specifier of listOf(named, place)) {
    const lower = await loadBase(specifier, base.folder ?? options.folder, place, options);
    layers.push(...(await expand(lower, chain, options)));
  }
  return [...layers, { ...base, layer: own }];
}

function identity({ file, origin }: ConfigLayerWithOrigin): string {
  return file ?? origin;
}

function listOf(named: unknown, place: Place): readonly string[] {
  if (named === undefined) return [];
  const list: readonly unknown[] = Array.isArray(named) ? named : [named];
  if (list.every((name): name is string => typeof name === 'string' && name !== '')) return list;
  throw badValue(place, 'a preset, a path or a package, or a list of them', named);
}

async function loadBase(
  specifier: string,
  folder: string,
  place: Place,
  options: ExpandOptions,
): Promise<ConfigLayerWithOrigin> {
  const preset = findPreset(specifier, options.manifests);
  if (preset) return { origin: `preset ${specifier}`, layer: { ...(await preset()).default }, shared: true };
  if (isFilePath(specifier)) return readBase(specifier, folder, place, options.loader);
  if (isPackageName(specifier)) return loadPackage(specifier, folder, place, options.loader);
  const known = options.manifests.flatMap(({ presets }) => Object.keys(presets ?? {})).sort();
  throw unknownPreset(place, specifier, known);
}

function findPreset(
  name: string,
  manifests: readonly PluginManifest[],
): NonNullable<PluginManifest['presets']>[string] | undefined {
  for (const { presets } of manifests) {
    if (presets && Object.hasOwn(presets, name)) return presets[name];
  }
  return undefined;
}

async function readBase(
  file: string,
  folder: string,
  place: Place,
  loader: ModuleLoader,
): Promise<ConfigLayerWithOrigin> {
  try {
    return await loader.readConfig(file, folder);
  } catch (error) {
    throw isDapoError(error) && error.code === 'DAPO_CONFIG_FILE_MISSING' ? baseMissing(place, file) : error;
  }
}

async function loadPackage(
  specifier: string,
  folder: string,
  place: Place,
  loader: ModuleLoader,
): Promise<ConfigLayerWithOrigin> {
  try {
    const { exports, file } = await loader.load(specifier, folder);
    const layer = exports['default'];
    if (!isMap(layer)) throw configNotAMap({ file }, layer);
    return { file, origin: `preset ${specifier}`, layer, shared: true };
  } catch (error) {
    throw isDapoError(error) ? error : baseImportFailed(place, specifier, error);
  }
}
