import type { GoldenPlugin } from './golden-plugins.js';

/** A golden name with its numbers, under the reference's names. */
export interface GoldenNode {
  readonly use: string;
  readonly [option: string]: unknown;
}

/** The options of a node under our names; `names` renames those that differ. */
function renamed(
  { use: _, ...options }: GoldenNode,
  names: Readonly<Record<string, string>> = {},
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [names[key] ?? key, value]));
}

const ratios = ['token', 'sequence', 'sequence-token', 'sequence-product'];

export function ratioPlugin(name: string): GoldenPlugin<'ratio-level'> | undefined {
  return ratios.includes(name) ? { kind: 'ratio-level', name } : undefined;
}

const clips: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  none: {},
  reinforce: {},
  clip: {},
  'clip-higher': {},
  'dual-clip': { c: 'ceiling' },
  cispo: {},
};

export function clipPlugin(node: GoldenNode): GoldenPlugin<'clip-rule'> | undefined {
  const names = clips[node.use];
  return names && { kind: 'clip-rule', name: node.use, options: renamed(node, names) };
}

const aggregations = ['token', 'sequence', 'constant', 'token-per-group'];

export function aggregationPlugin(node: GoldenNode): GoldenPlugin<'aggregation'> | undefined {
  if (!aggregations.includes(node.use)) return undefined;
  return { kind: 'aggregation', name: node.use, options: renamed(node) };
}

/** «k3», «k3+»: straight through, «k3 * ratio»: times the ratio. */
export function klPlugin(golden: string): GoldenPlugin<'kl-term'> | undefined {
  const match = /^(k1|k2|k3|abs)(\+| \* ratio)?$/.exec(golden);
  if (!match) return undefined;
  const [, name, form] = match;
  return {
    kind: 'kl-term',
    name: name!,
    options: { straightThrough: form === '+', timesRatio: form === ' * ratio' },
  };
}

/** Losses that select tokens over the whole mini-batch. */
export function selectionPlugin(node: GoldenNode): GoldenPlugin<'loss'> | undefined {
  if (node.use === 'kl-cov') {
    return {
      kind: 'loss',
      name: 'kl-cov',
      options: { share: node['kl_cov_ratio'], coefficient: node['ppo_kl_coef'] },
    };
  }
  if (node.use !== 'clip-cov') return undefined;
  const { low, high, clip_cov_ratio: share, clip_cov_lb: least, clip_cov_ub: most } = node;
  return { kind: 'loss', name: 'clip-cov', options: { low, high, share, least, most } };
}
