import { firstStepAtOrAbove } from '../statistics/learning-curve.js';
import { mean, median } from '../statistics/summary.js';
import type { RunResult } from './run-result.js';

/** How soon the runs of a variant reached a held-out accuracy, by their evaluations. */
export interface Reached {
  readonly runs: number;
  /** Of them, those that reached it. */
  readonly reached: number;
  /** Medians over runs; Infinity where most did not reach it. */
  readonly steps: number;
  readonly tokens: number;
}

export function reachedBy(results: readonly RunResult[], threshold: number): Reached {
  const steps = results.map(({ evaluations }) => firstStepAtOrAbove(evaluations, threshold) ?? Infinity);
  const tokens = results.map(({ evaluations }) => {
    const curve = evaluations.map((evaluation) => ({ step: evaluation.tokens, value: evaluation.value }));
    return firstStepAtOrAbove(curve, threshold) ?? Infinity;
  });
  return {
    runs: results.length,
    reached: steps.filter(Number.isFinite).length,
    steps: medianOf(steps),
    tokens: medianOf(tokens),
  };
}

/** Between a number and an Infinity the median is Infinity: half of the runs have not arrived. */
function medianOf(values: readonly number[]): number {
  const value = median(values);
  return Number.isNaN(value) ? Infinity : value;
}

/** What the baseline ends at, on average: how soon is a variant as good as that? Undefined where it has no score. */
export function defaultThreshold(baseline: readonly RunResult[]): number | undefined {
  const scores = baseline.flatMap(({ score }) => (score === undefined ? [] : [score]));
  return scores.length === 0 ? undefined : mean(scores);
}
