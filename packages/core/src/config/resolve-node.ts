import {
  badValue,
  missingPlugin,
  nodeWithoutUse,
  notANode,
  notPlainData,
  requiredTakenOut,
  reservedKey,
  unknownOption,
  weightOutsideRewards,
  type Place,
} from '../errors/config-errors.js';
import { isDapoError } from '../errors/dapo-error.js';
import { pluginImportFailed, slotsWithoutEnd } from '../errors/plugin-errors.js';
import { optionsSchema, type Plugin } from '../plugin/define-plugin.js';
import type { Kind } from '../plugin/kinds.js';
import { isFilePath, type LoadedModule, type Modules } from '../plugin/module-loader.js';
import { resolvePlugin, type ResolvedPlugin } from '../plugin/resolve-plugin.js';
import { isMap } from './layers.js';
import { optionProblems } from './option-problems.js';
import { locate, type Resolution } from './resolution.js';
import type { ResolvedNode } from './resolved-config.js';
import { mergeNode, mergeValue, type MergedNode, type Said, type Stack } from './stack.js';
import { weightSchema, type Weight } from './weight.js';

export interface NodeRequest {
  readonly path: string;
  readonly kind: Kind;
  readonly stack: Stack;
  readonly required: boolean;
}

/** Slots within slots; a plugin that stands in itself by default would never end. */
const DEEPEST = 8;

/**
 * Resolves one plugin node: its plugin, its options with defaults, and the plugins in its slots. What is wrong goes
 * into the resolution; undefined where the node is empty or can't be resolved.
 */
export async function resolveNode(
  request: NodeRequest,
  resolution: Resolution,
  depth = 0,
): Promise<ResolvedNode | undefined> {
  const { path, kind, stack } = request;
  const merged = mergeNode(stack);
  for (const said of merged.wrong) {
    resolution.problems.push(notANode({ path, location: locate(said, path) }, kind, request.required, said.value));
  }
  if (!merged.use) {
    reportAbsence(request, merged, resolution);
    return undefined;
  }
  remember(path, merged, resolution);
  const found = await find(request, merged.use, resolution);
  if (!found) return undefined;
  if (depth > DEEPEST) {
    resolution.problems.push(slotsWithoutEnd(path, labelOf(found.plugin)));
    return undefined;
  }
  const before = resolution.problems.length;
  const weight = resolveWeight(request, merged, resolution);
  const options = await resolveOptions(path, found.plugin, merged, resolution);
  const use = portableName(merged.use, found, resolution.folder);
  if (options) recordOrigins(path, { use, options, weight }, found.plugin, resolution);
  const parts = await resolveSlots(path, found.plugin, merged, resolution, depth);
  const modules = options && (await importModules(path, found.plugin, options, resolution));
  if (!options || resolution.problems.length > before) return undefined;
  const node = { use, options, parts, weight };
  const { plugin, origin, hash, code } = found;
  const files = plugin.files?.(options as never, resolution.folder);
  resolution.nodes.set(path, { plugin, origin, hash, code, modules, files, node });
  return node;
}

export function labelOf({ kind, name }: Pick<Plugin, 'kind' | 'name'>): string {
  return `${kind} ${name}`;
}

function reportAbsence(
  { path, kind, required }: NodeRequest,
  merged: MergedNode,
  { registry, problems }: Resolution,
): void {
  const known = registry.names(kind);
  const [first] = merged.entries.values();
  if (first) problems.push(nodeWithoutUse({ path, location: locate(first[0]!, path) }, kind, known));
  else if (required && merged.takenOut) {
    problems.push(requiredTakenOut({ path, location: locate(merged.takenOut, path) }, known));
  } else if (required && merged.wrong.length === 0) problems.push(missingPlugin(path, kind, known));
}

function remember(path: string, { use, entries }: MergedNode, resolution: Resolution): void {
  resolution.remember(path, use!);
  resolution.remember(`${path}.use`, use!);
  for (const [key, stack] of entries) resolution.rememberValue(`${path}.${key}`, mergeValue(stack));
}

async function find(
  { path, kind }: NodeRequest,
  use: Said,
  resolution: Resolution,
): Promise<ResolvedPlugin | undefined> {
  const { registry, loader, folder, problems } = resolution;
  const place = { path, location: locate(use, `${path}.use`) };
  try {
    return await resolvePlugin(
      { kind, use: use.value as string, folder: use.layer.folder ?? folder, place },
      registry,
      loader,
    );
  } catch (error) {
    if (!isDapoError(error)) throw error;
    problems.push(error);
    return undefined;
  }
}

const WEIGHT =
  'a number, what the reward is multiplied with; or { from, to, steps }, a line over the first rollout steps';

function resolveWeight({ path, kind }: NodeRequest, { entries }: MergedNode, resolution: Resolution): Weight {
  const stack = entries.get('weight');
  if (!stack) return 1;
  const place = resolution.place(`${path}.weight`);
  const { value } = mergeValue(stack);
  const parsed = weightSchema.safeParse(value);
  if (kind !== 'reward') resolution.problems.push(weightOutsideRewards(place));
  else if (parsed.success) return parsed.data;
  else resolution.problems.push(badValue(place, WEIGHT, value));
  return 1;
}

async function resolveOptions(
  path: string,
  plugin: Plugin,
  { entries }: MergedNode,
  resolution: Resolution,
): Promise<Record<string, unknown> | undefined> {
  const schema = optionsSchema(plugin);
  const slots = Object.keys(plugin.slots ?? {});
  const known = [...Object.keys(schema.shape), ...slots];
  const given: Record<string, unknown> = {};
  for (const [key, stack] of entries) {
    if (key === 'weight' || slots.includes(key)) continue;
    const place = resolution.place(`${path}.${key}`);
    const { value } = mergeValue(stack);
    if (key === 'extends' || key === '$import') {
      resolution.problems.push(reservedKey(place, key, 'a config extends others at its top, not in a node'));
    } else if (!known.includes(key)) resolution.problems.push(unknownOption(place, labelOf(plugin), key, known));
    else if (isPlainData(value, place, resolution)) given[key] = value;
  }
  const parsed = await schema.safeParseAsync(given);
  if (parsed.success) return withoutUndefined(parsed.data);
  const place = (below: readonly string[]): Place => resolution.place([path, ...below].join('.'));
  resolution.problems.push(...optionProblems(parsed.error, { schema, value: given, plugin: labelOf(plugin), place }));
  return undefined;
}

async function resolveSlots(
  path: string,
  plugin: Plugin,
  { entries }: MergedNode,
  resolution: Resolution,
  depth: number,
): Promise<Record<string, ResolvedNode>> {
  const parts: Record<string, ResolvedNode> = {};
  for (const [slot, { kind, default: standard }] of Object.entries(plugin.slots ?? {})) {
    const layer = { layer: {}, origin: `default of plugin ${plugin.name}` };
    const lowest = standard === undefined ? [] : [{ value: standard, layer }];
    const stack = [...lowest, ...(entries.get(slot) ?? [])];
    const request = { path: `${path}.${slot}`, kind, stack, required: standard !== undefined };
    const node = await resolveNode(request, resolution, depth + 1);
    if (node) parts[slot] = node;
  }
  return parts;
}

/** The files and packages of the user's own that the options of a plugin name. */
async function importModules(
  path: string,
  plugin: Plugin,
  options: Readonly<Record<string, unknown>>,
  resolution: Resolution,
): Promise<Modules> {
  const modules = new Map<string, LoadedModule>();
  for (const specifier of plugin.modules?.(options as never) ?? []) {
    try {
      modules.set(specifier, await resolution.loader.load(specifier, resolution.folder));
    } catch (error) {
      const option = Object.keys(options).find((key) => options[key] === specifier);
      const place = resolution.place(option ? `${path}.${option}` : path);
      resolution.problems.push(pluginImportFailed(place, specifier, error, labelOf(plugin)));
    }
  }
  return modules;
}

/** Paths are written from the config's folder; one that another folder's layer gave is written whole. */
function portableName(use: Said, found: ResolvedPlugin, folder: string): string {
  const name = use.value as string;
  const elsewhere = use.layer.folder !== undefined && use.layer.folder !== folder;
  return elsewhere && found.file && isFilePath(name) ? found.file : name;
}

function recordOrigins(path: string, node: Omit<ResolvedNode, 'parts'>, plugin: Plugin, resolution: Resolution): void {
  resolution.recordOrigins(`${path}.use`, node.use, 'engine default');
  if (plugin.kind === 'reward') resolution.recordOrigins(`${path}.weight`, node.weight, 'engine default');
  for (const [key, value] of Object.entries(node.options)) {
    resolution.recordOrigins(`${path}.${key}`, value, `default of plugin ${plugin.name}`);
  }
}

/** Reports what JSON can't hold, at any depth. */
function isPlainData(value: unknown, place: Place, resolution: Resolution): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number' && Number.isFinite(value)) return true;
  if (Array.isArray(value) || isMap(value)) {
    return Object.entries(value).every(([key, inner]) =>
      isPlainData(inner, { ...place, path: `${place.path}.${key}` }, resolution),
    );
  }
  resolution.problems.push(notPlainData(place, value));
  return false;
}

function withoutUndefined(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
