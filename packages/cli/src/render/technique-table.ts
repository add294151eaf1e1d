import type { CataloguedPlugin } from '../catalogue.js';
import { showValue } from './format.js';
import { describeSource } from './plugin-page.js';

/** A config as `describeConfig` gives it, the origin of each of its values, and what is known of the plugins. */
export interface Techniques {
  readonly config: Readonly<Record<string, unknown>>;
  readonly origins: ReadonlyMap<string, string>;
  readonly plugins: readonly CataloguedPlugin[];
}

/** Where the techniques of an algorithm stand; a star is any key of a map. */
const places = {
  advantage: 'advantage',
  'loss.ratio': 'ratio-level',
  'loss.clip': 'clip-rule',
  loss: 'loss',
  'loss.kl': 'kl-term',
  aggregation: 'aggregation',
  correction: 'correction',
  sampler: 'sampler',
  'rewards.*': 'reward',
  'filters.*': 'filter',
  'signals.*': 'signal',
} as const;

/** What a preset says even by leaving it out. */
const always = ['advantage', 'loss.ratio', 'loss.clip', 'loss.kl', 'aggregation'];

type Node = Readonly<Record<string, unknown>> & { readonly use: string };

/**
 * One row for each technique: path, plugin, its numbers, and where the technique comes from. A number that is not the
 * plugin's own default names who says so.
 */
export function techniqueRows(techniques: Techniques): string[][] {
  return Object.entries(places).flatMap(([place, kind]) => {
    const paths = pathsOf(techniques.config, place);
    if (paths.length === 0 && always.includes(place)) return [[place, 'none', '', '']];
    return paths.map((path) => rowOf(path, kind, techniques));
  });
}

function rowOf(path: string, kind: string, techniques: Techniques): string[] {
  const node = at(techniques.config, path) as Node;
  const plugin = techniques.plugins.find((known) => known.kind === kind && known.name === node.use);
  const numbers = [...numbersOf(path, node, techniques), ...borrowed(plugin, node, techniques)];
  return [path, node.use, numbers.join(', '), plugin?.source ? describeSource(plugin.source) : ''];
}

function numbersOf(path: string, node: Node, { origins }: Techniques): string[] {
  const own = Object.entries(node).filter(([key, value]) => key !== 'use' && !isNode(value));
  return own.map(([key, value]) => {
    const origin = origins.get(`${path}.${key}`) ?? '';
    const from = origin === '' || origin.startsWith('default of plugin') ? '' : ` [${origin}]`;
    return `${key} ${showValue(value)}${from}`;
  });
}

/** Options that are left out and default to another value of the config, as their descriptions say. */
function borrowed(plugin: CataloguedPlugin | undefined, node: Node, { config }: Techniques): string[] {
  return Object.entries(plugin?.options.properties ?? {}).flatMap(([key, { description = '' }]) => {
    const lender = /default: ([a-z]\w*(?:\.\w+)+)$/.exec(description)?.[1];
    const value = lender && !(key in node) ? at(config, lender) : undefined;
    return value === undefined ? [] : [`${key} ${showValue(value)} [${lender!}]`];
  });
}

function pathsOf(config: Techniques['config'], place: string): string[] {
  if (!place.endsWith('.*')) return isNode(at(config, place)) ? [place] : [];
  const parent = place.slice(0, -2);
  return Object.entries((at(config, parent) ?? {}) as object).flatMap(([key, value]) =>
    isNode(value) ? [`${parent}.${key}`] : [],
  );
}

function at(config: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key], config);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'use' in value;
}
