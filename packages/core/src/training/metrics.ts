import type { MetricDeclaration, MetricDeclarations, MetricRecorder, Metrics } from '../contracts/index.js';
import type { Plugin } from '../plugin/define-plugin.js';
import type { ResolvedNode } from '../config/resolved-config.js';
import { undeclaredMetric } from '../errors/run-errors.js';

/**
 * Under which name a plugin's metrics stand: the stage of its node, and the author's key for maps.
 *
 * @example metricPrefix('loss.clip') → 'loss'; metricPrefix('rewards.length') → 'rewards/length'
 */
export function metricPrefix(path: string): string {
  const [stage, key] = path.split('.');
  return stage && MAP_STAGES.has(stage) && key ? `${stage}/${key}` : (stage ?? path);
}

const MAP_STAGES = new Set(['rewards', 'filters', 'guards', 'trackers', 'signals', 'prompts']);

/** Metrics that a node and the plugins in its slots have declared. */
export function declaredMetrics(
  path: string,
  node: ResolvedNode,
  pluginAt: (path: string) => Pick<Plugin, 'metrics'>,
): MetricDeclarations {
  const own = pluginAt(path).metrics ?? {};
  const parts = Object.entries(node.parts).map(([slot, part]) => declaredMetrics(`${path}.${slot}`, part, pluginAt));
  return Object.fromEntries([own, ...parts].flatMap((declarations) => Object.entries(declarations)));
}

interface Recorded {
  readonly reduce: MetricDeclaration['reduce'];
  readonly values: number[];
  readonly weights: number[];
}

/** Collects values during a step and reduces them as their declarations say. */
export class MetricStore {
  private readonly values = new Map<string, Recorded>();

  /** Adds a value; `weight` is how much it counts in a mean. */
  record(name: string, value: number, reduce: MetricDeclaration['reduce'] = 'mean', weight = 1): void {
    const entry = this.values.get(name) ?? { reduce, values: [], weights: [] };
    entry.values.push(value);
    entry.weights.push(weight);
    this.values.set(name, entry);
  }

  /** A recorder for one plugin, which may use only what it has declared. */
  scoped(path: string, plugin: Pick<Plugin, 'kind' | 'name'>, declarations: MetricDeclarations): MetricRecorder {
    return {
      record: (name, value) => {
        const declaration = declarations[name];
        if (!declaration)
          throw undeclaredMetric(`${plugin.kind} ${plugin.name}`, name, Object.keys(declarations), path);
        this.record(`${metricPrefix(path)}/${name}`, value, declaration.reduce);
      },
    };
  }

  /** The reduced metrics; the store is empty afterwards. */
  take(): Metrics {
    const metrics = this.peek();
    this.values.clear();
    return metrics;
  }

  /** The reduced metrics so far; the store keeps them. */
  peek(): Metrics {
    const metrics: Metrics = {};
    for (const [name, { reduce, values, weights }] of this.values) {
      metrics[name] = reduce === 'mean' ? weightedMean(values, weights) : reduceValues(values, reduce);
    }
    return metrics;
  }
}

export function reduceValues(values: readonly number[], reduce: MetricDeclaration['reduce']): number {
  if (reduce === 'min') return values.reduce((a, b) => Math.min(a, b), Infinity);
  if (reduce === 'max') return values.reduce((a, b) => Math.max(a, b), -Infinity);
  const sum = values.reduce((a, b) => a + b, 0);
  return reduce === 'sum' ? sum : sum / values.length;
}

function weightedMean(values: readonly number[], weights: readonly number[]): number {
  const total = weights.reduce((a, b) => a + b, 0);
  if (total === 0) return mean(values);
  return values.reduce((sum, value, i) => sum + value * weights[i]!, 0) / total;
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : reduceValues(values, 'mean');
}
