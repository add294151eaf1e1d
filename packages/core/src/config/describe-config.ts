import { nodePlaces } from './nodes.js';
import { engineKeys } from './resolve-settings.js';
import type { ResolvedConfig, ResolvedNode } from './resolved-config.js';

/**
 * A resolved config as a person would write it: `use`, options and parts in one map. Resolved again as the only layer
 * it gives the same config; that is how a run goes on from its manifest.
 */
export function describeConfig(config: ResolvedConfig): Record<string, unknown> {
  const described: Record<string, unknown> = {};
  for (const key of engineKeys) described[key] = config[key as keyof ResolvedConfig];
  for (const { path, shape } of nodePlaces) {
    const [root, child] = path.split('.') as [keyof ResolvedConfig, string | undefined];
    const value = config[root];
    if (value === undefined) continue;
    if (shape === 'map' || child) described[root] = describeMap(value as Readonly<Record<string, ResolvedNode>>);
    else described[root] = describeNode(value as ResolvedNode);
  }
  return described;
}

function describeMap(nodes: Readonly<Record<string, ResolvedNode>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(nodes).map(([key, node]) => [key, describeNode(node)]));
}

function describeNode({ use, options, parts, weight }: ResolvedNode): Record<string, unknown> {
  return { use, ...(weight !== 1 && { weight }), ...options, ...describeMap(parts) };
}
