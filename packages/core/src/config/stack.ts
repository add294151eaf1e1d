import { isMap, type ConfigLayerWithOrigin } from './layers.js';

/** What one layer says about one place of the config. */
export interface Said {
  readonly value: unknown;
  readonly layer: ConfigLayerWithOrigin;
}

/** What the layers say about one place, the lowest first. */
export type Stack = readonly Said[];

/** A node after merging: the plugin chosen, and what is said about each key beside `use`. */
export interface MergedNode {
  /** Who chose the plugin; its value is a string. Undefined where nobody did. */
  readonly use?: Said;
  readonly entries: ReadonlyMap<string, Stack>;
  /** Who took the node out, where the last word is `false`. */
  readonly takenOut?: Said;
  /** What is neither a name, nor a map, nor false. */
  readonly wrong: Stack;
}

/** A plain value after merging, with who said each of its paths (relative; '' is the value itself). */
export interface MergedValue {
  readonly value: unknown;
  readonly said: ReadonlyMap<string, Said>;
}

/**
 * Merges what layers say about a plugin. A string is short for `{ use }`; a node whose `use` differs replaces what is
 * below it whole, any other adds to it; `false` takes everything below it out.
 */
export function mergeNode(stack: Stack): MergedNode {
  let use: Said | undefined;
  let takenOut: Said | undefined;
  let entries = new Map<string, Said[]>();
  const wrong: Said[] = [];
  for (const said of stack) {
    const node = asNode(said.value);
    if (node === undefined) {
      wrong.push(said);
      continue;
    }
    const chosen = node === false ? undefined : node['use'];
    if (node === false || (chosen !== undefined && use !== undefined && chosen !== use.value)) {
      use = undefined;
      entries = new Map();
    }
    takenOut = node === false ? said : undefined;
    if (node === false) continue;
    if (chosen !== undefined) use = { value: chosen, layer: said.layer };
    addEntries(entries, node, said);
    entries.delete('use');
  }
  return { use, entries, takenOut, wrong };
}

/** What layers say about each key of a map. What isn't a map is given back as wrong. */
export function mergeMap(stack: Stack): { readonly entries: ReadonlyMap<string, Stack>; readonly wrong: Stack } {
  const entries = new Map<string, Said[]>();
  const wrong: Said[] = [];
  for (const said of stack) {
    if (isMap(said.value)) addEntries(entries, said.value, said);
    else wrong.push(said);
  }
  return { entries, wrong };
}

/** Merges what layers say about an option: maps by key, everything else replaces what is below it. */
export function mergeValue(stack: Stack): MergedValue {
  const top = stack.at(-1);
  if (top === undefined) return { value: undefined, said: new Map() };
  if (!isMap(top.value)) return { value: top.value, said: new Map([['', top]]) };
  const lastScalar = stack.findLastIndex(({ value }) => !isMap(value));
  const said = new Map<string, Said>([['', top]]);
  const value: [string, unknown][] = [];
  for (const [key, inner] of mergeMap(stack.slice(lastScalar + 1)).entries) {
    const merged = mergeValue(inner);
    value.push([key, merged.value]);
    for (const [path, who] of merged.said) said.set(path === '' ? key : `${key}.${path}`, who);
  }
  return { value: Object.fromEntries(value), said };
}

function asNode(value: unknown): Readonly<Record<string, unknown>> | false | undefined {
  if (typeof value === 'string') return { use: value };
  if (value === false) return false;
  if (!isMap(value)) return undefined;
  const { use } = value;
  return use === undefined || typeof use === 'string' ? value : undefined;
}

/** null takes back what lower layers say about a key: its default holds again. */
function addEntries(entries: Map<string, Said[]>, map: Readonly<Record<string, unknown>>, { layer }: Said): void {
  for (const [key, value] of Object.entries(map)) {
    if (value === undefined) continue;
    if (value === null) {
      entries.delete(key);
      continue;
    }
    const said = { value, layer };
    const known = entries.get(key);
    if (known) known.push(said);
    else entries.set(key, [said]);
  }
}
