import type { BudgetSettings } from '@dapo/core';
import type { RunHistory } from '../run-history.js';
import { valueAt, type CurvePoint } from '../statistics/learning-curve.js';
import { mean } from '../statistics/summary.js';

/**
 * Shares of the budget at which the held-out accuracy of a run is read: its score is their mean, never its best. Read off
 * there, and not at its last evaluations, runs are compared where each has used as much: evaluations come every so many
 * steps, which cost one variant more of the budget than another.
 */
const FINAL_SHARES = [0.8, 0.9, 1] as const;

/** The same in words. */
export const SCORE_IS_READ = `at ${FINAL_SHARES.map((share) => 100 * share).join(', ')} % of the budget`;

/** The metric that counts what bounds a run, and what one of its unit is of the budget's. */
const counters: Readonly<
  Record<Exclude<keyof BudgetSettings, 'rolloutSteps'>, readonly [metric: string, factor: number]>
> = {
  generatedTokens: ['counter/generated-tokens', 1],
  optimizerSteps: ['counter/optimizer-steps', 1],
  prompts: ['counter/prompts-seen', 1],
  minutes: ['time/total-seconds', 1 / 60],
};

/** Rollout step → share of the budget that is used after it, of the part that is scarcest at the end. */
export function budgetShares(history: RunHistory, budget: BudgetSettings): Map<number, number> {
  const steps = history.series('time/step-seconds').map(({ step }) => ({ step, value: step / budget.rolloutSteps }));
  const others = Object.entries(counters).flatMap(([part, [metric, factor]]) => {
    const bound = budget[part as keyof typeof counters];
    return bound > 0
      ? [history.series(metric).map(({ step, value }) => ({ step, value: (factor * value) / bound }))]
      : [];
  });
  const atEnd = (series: typeof steps): number => series.at(-1)?.value ?? 0;
  const scarcest = others.reduce((most, series) => (atEnd(series) > atEnd(most) ? series : most), steps);
  return new Map(scarcest.map(({ step, value }) => [step, value]));
}

/**
 * Held-out accuracy at the end of the budget, between evaluations by a straight line; before the first one and after the last
 * one it is theirs. Undefined where there is none after the first step.
 *
 * @param shares what `budgetShares` gives
 */
export function finalScore(history: RunHistory, shares: ReadonlyMap<number, number>): number | undefined {
  const curve: CurvePoint[] = history
    .series('evaluation/accuracy')
    .filter(({ step }) => step > 0)
    .map(({ step, value }) => ({ step: shares.get(step) ?? 0, value }));
  return curve.length === 0 ? undefined : mean(FINAL_SHARES.map((share) => valueAt(curve, share)));
}
