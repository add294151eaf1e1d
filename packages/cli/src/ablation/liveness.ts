import type { RunHistory } from '../run-history.js';
import type { ConfigChange } from './config-diff.js';

/** Whether what a variant changes has acted at all: a technique that never acts can show no gain. */
export interface Liveness {
  readonly metric: string;
  /** Share of the steps, over all runs, in which it acted. */
  readonly share: number;
  /** Mean of the metric over the same steps. */
  readonly mean: number;
}

/** Below this share of the steps a gain, or none, says little about the technique. */
export const LIVE_SHARE = 0.05;

interface Sign {
  readonly path: RegExp;
  /** Metrics that say so, the first that was recorded counts; KEY is the part's key in the config. */
  readonly metrics: readonly string[];
  /** How far it acted, from the metric's value. */
  readonly amount?: (value: number) => number;
}

/** Config path of a change → what shows that it acts. A metric that ends in * is the sum of those that begin so. */
const signs: readonly Sign[] = [
  { path: /^loss\.clip(\.high)?$/, metrics: ['loss/clip-fraction-high', 'loss/clip-fraction'] },
  { path: /^loss\.clip\b/, metrics: ['loss/clip-fraction'] },
  { path: /^rewards\.([^.]+)/, metrics: ['rewards/KEY/touched', 'rewards/KEY/mean'] },
  { path: /^sampler\b/, metrics: ['sampler/live-share'], amount: (live) => 1 - live },
  { path: /^filters\.([^.]+)/, metrics: ['filters/KEY/*'] },
  { path: /^aggregation\b/, metrics: ['rollout/length-spread'] },
];

/**
 * Of a variant's changes the first whose acting was recorded, in its own runs or, where it takes a technique out, in
 * those it is compared with.
 */
export function livenessOf(
  changes: readonly ConfigChange[],
  ...runs: readonly (readonly RunHistory[])[]
): Liveness | undefined {
  for (const { path } of changes) {
    for (const sign of signs) {
      const match = sign.path.exec(path);
      if (!match) continue;
      for (const metric of sign.metrics.map((name) => name.replace('KEY', match[1] ?? ''))) {
        const live = runs
          .map((histories) => measure(metric, sign.amount, histories))
          .find((found) => found !== undefined);
        if (live) return live;
      }
    }
  }
  return undefined;
}

function measure(
  metric: string,
  amount: Sign['amount'] = Math.abs,
  histories: readonly RunHistory[],
): Liveness | undefined {
  const values = histories.flatMap((history) => valuesOf(metric, history)).map(amount);
  if (values.length === 0) return undefined;
  return {
    metric,
    share: values.filter((value) => value > 1e-12).length / values.length,
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
  };
}

/** One value a step; for a name that ends in *, over every step of the run where any such metric was recorded. */
function valuesOf(metric: string, history: RunHistory): number[] {
  if (!metric.endsWith('*')) return history.series(metric).map(({ value }) => value);
  const names = history.names().filter((name) => name.startsWith(metric.slice(0, -1)));
  if (names.length === 0) return [];
  const sums = new Map(history.series('time/step-seconds').map(({ step }) => [step, 0]));
  for (const { step, value } of names.flatMap((name) => history.series(name)))
    sums.set(step, (sums.get(step) ?? 0) + value);
  return [...sums.values()];
}
