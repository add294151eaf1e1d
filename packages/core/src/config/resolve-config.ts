import {
  badPartName,
  badValue,
  missingPlugin,
  nothingToTakeOut,
  unknownKey,
  type Place,
} from '../errors/config-errors.js';
import { isDapoError, type DapoError } from '../errors/dapo-error.js';
import { secondCoreWarning } from '../plugin/core-copies.js';
import type { FoundPlugin } from '../plugin/manifest.js';
import { isFilePath, type ModuleLoader } from '../plugin/module-loader.js';
import type { PluginRegistry } from '../plugin/registry.js';
import { registerModule } from '../plugin/resolve-plugin.js';
import { checkPlugins, checkSettings } from './cross-checks.js';
import { OVERRIDE_ORIGIN, type LoadedConfig } from './layers.js';
import { nodePlaces, type NodePlace } from './nodes.js';
import { locate, Resolution } from './resolution.js';
import type { ResolvedConfig, ResolvedNode } from './resolved-config.js';
import { resolveNode } from './resolve-node.js';
import { engineKeys, reportUnknownKeys, resolveSettings, type ResolvedSettings } from './resolve-settings.js';
import { mergeMap, type Stack } from './stack.js';

/** A config as resolved, or everything that is wrong with it. */
export interface ConfigResolution {
  /** Undefined where there are problems. */
  readonly config?: ResolvedConfig;
  /** Path of each leaf → where its value came from. */
  readonly provenance: ReadonlyMap<string, string>;
  readonly problems: readonly DapoError[];
  readonly warnings: readonly DapoError[];
  /** Path of each node → its plugin, those in slots included (`loss.clip`). */
  readonly plugins: ReadonlyMap<string, FoundPlugin>;
}

/**
 * Merges the layers of a config, finds its plugins and checks everything that can be checked before anything heavy.
 * All problems are gathered; it throws none of them.
 */
export async function resolveConfig(
  loaded: LoadedConfig,
  { registry, loader }: { readonly registry: PluginRegistry; readonly loader: ModuleLoader },
): Promise<ConfigResolution> {
  const resolution = new Resolution(registry.copy(), loader, loaded.folder);
  const { problems, warnings, provenance } = resolution;
  problems.push(...registry.problems);
  const { entries } = mergeMap(loaded.layers.map((layer) => ({ value: layer.layer, layer })));
  reportUnknownKeys(entries, topLevelKeys, resolution);

  const settings = resolveSettings(entries, resolution);
  if (settings) checkSettings(settings, resolution);
  const before = problems.length;
  const plugins = await registerPlugins(settings?.plugins ?? [], entries.get('plugins'), resolution);
  await resolvePlaces(entries, resolution);
  const secondCore = secondCoreWarning();
  if (secondCore) warnings.push(secondCore);
  const config = settings && problems.length === before ? assemble({ ...settings, plugins }, resolution) : undefined;
  if (config) await checkPlugins(config, resolution);
  return {
    config: problems.length === 0 ? config : undefined,
    provenance,
    problems,
    warnings,
    plugins: new Map(
      [...resolution.nodes].map(([path, { plugin, origin, hash, code, modules, files }]) => {
        return [path, { plugin, origin, hash, code, modules, files }];
      }),
    ),
  };
}

const topLevelKeys = [...new Set([...engineKeys, ...nodePlaces.map(({ path }) => path.split('.')[0]!)])];

/** Imports the entries of `plugins`, before any node asks for one. Gives them as the config's folder sees them. */
async function registerPlugins(
  specifiers: readonly string[],
  stack: Stack | undefined,
  resolution: Resolution,
): Promise<string[]> {
  const said = stack?.at(-1);
  const folder = said?.layer.folder ?? resolution.folder;
  const portable: string[] = [];
  for (const [index, specifier] of specifiers.entries()) {
    const path = `plugins.${index}`;
    try {
      const place = { path, location: said && locate(said, path) };
      const { file } = await registerModule(specifier, folder, place, resolution.registry, resolution.loader);
      portable.push(folder !== resolution.folder && isFilePath(specifier) ? file : specifier);
    } catch (error) {
      if (!isDapoError(error)) throw error;
      resolution.problems.push(error);
    }
  }
  return portable;
}

async function resolvePlaces(entries: ReadonlyMap<string, Stack>, resolution: Resolution): Promise<void> {
  for (const place of nodePlaces) {
    const [root, child] = place.path.split('.') as [string, string | undefined];
    const stack = entries.get(root) ?? [];
    if (place.shape === 'map') await resolveMap(place, stack, resolution);
    else await resolveNode({ ...place, stack: child ? (mergeMap(stack).entries.get(child) ?? []) : stack }, resolution);
  }
  checkFixedMap('prompts', entries.get('prompts') ?? [], resolution);
}

/** A map whose keys are fixed: `prompts` has train and heldOut. */
function checkFixedMap(root: string, stack: Stack, resolution: Resolution): void {
  const known = nodePlaces.flatMap(({ path }) => (path.startsWith(`${root}.`) ? [path.slice(root.length + 1)] : []));
  const { entries, wrong } = mergeMap(stack);
  reportNoMap(root, wrong, known.join(' and '), resolution);
  for (const [key, inner] of entries) {
    if (known.includes(key)) continue;
    const path = `${root}.${key}`;
    resolution.problems.push(unknownKey({ path, location: locate(inner.at(-1)!, path) }, key, known));
  }
}

/** A map whose keys the author chooses: the rewards, the filters. */
async function resolveMap({ path, kind, required }: NodePlace, stack: Stack, resolution: Resolution): Promise<void> {
  const { entries, wrong } = mergeMap(stack);
  reportNoMap(path, wrong, `names and their plugins: { NAME: 'PLUGIN' }`, resolution);
  for (const [key, inner] of entries) {
    const at = `${path}.${key}`;
    const place = { path: at, location: locate(inner.at(-1)!, at) };
    if (!PART_NAME.test(key)) resolution.problems.push(badPartName(place, key));
    else if (inner.every(({ value }) => value === false)) reportNothing(place, key, inner, [...entries], resolution);
    else await resolveNode({ path: at, kind, stack: inner, required: false }, resolution);
  }
  const missing = required && ![...resolution.nodes.keys()].some((at) => at.startsWith(`${path}.`));
  if (missing && [...entries.values()].every((inner) => inner.at(-1)!.value === false)) {
    resolution.problems.push(missingPlugin(`${path}.NAME`, kind, resolution.registry.names(kind)));
  }
}

/** A part's name stands in config paths and metric names, and keeps its place among the keys of an object. */
const PART_NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;

/** Taking out what isn't there does nothing: in an override it is a mistake, in a config it may be one. */
function reportNothing(
  place: Place,
  key: string,
  stack: Stack,
  entries: [string, Stack][],
  resolution: Resolution,
): void {
  if (stack.at(-1)!.layer.shared) return;
  const known = entries.filter(([, inner]) => inner.some(({ value }) => value !== false)).map(([name]) => name);
  const told = nothingToTakeOut(place, key, known);
  const overridden = stack.some(({ layer }) => layer.origin === OVERRIDE_ORIGIN);
  (overridden ? resolution.problems : resolution.warnings).push(told);
}

function reportNoMap(path: string, wrong: Stack, expected: string, resolution: Resolution): void {
  for (const said of wrong) {
    resolution.problems.push(badValue({ path, location: locate(said, path) }, expected, said.value));
  }
}

function assemble(settings: ResolvedSettings, { nodes }: Resolution): ResolvedConfig {
  const config: Record<string, unknown> = { ...settings };
  for (const { path, shape } of nodePlaces) {
    const [root, child] = path.split('.') as [string, string | undefined];
    if (shape === 'map') config[root] = nodesBelow(root, nodes);
    else if (child)
      config[root] = {
        ...(config[root] as object | undefined),
        ...(nodes.has(path) && { [child]: nodes.get(path)!.node }),
      };
    else if (nodes.has(path)) config[root] = nodes.get(path)!.node;
  }
  return config as unknown as ResolvedConfig;
}

/** The nodes that stand right below a map, under the author's names. */
function nodesBelow(root: string, nodes: Resolution['nodes']): Record<string, ResolvedNode> {
  const below: Record<string, ResolvedNode> = {};
  for (const [path, { node }] of nodes) {
    const [first, key, deeper] = path.split('.') as [string, string, string | undefined];
    if (first === root && deeper === undefined) below[key] = node;
  }
  return below;
}
