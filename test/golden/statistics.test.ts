import { describe, expect, test } from 'vitest';
import { holm } from '../../packages/cli/src/statistics/holm.js';
import { areaUnder, firstStepAtOrAbove, normalizedArea } from '../../packages/cli/src/statistics/learning-curve.js';
import { cohensDPaired, pairedTTest } from '../../packages/cli/src/statistics/paired-test.js';
import { seedsNeeded, smallestEffect } from '../../packages/cli/src/statistics/power.js';
import { signFlipP } from '../../packages/cli/src/statistics/sign-flip.js';
import {
  interquartileMean,
  mean,
  median,
  standardDeviation,
  standardError,
  tInterval,
  type Interval,
} from '../../packages/cli/src/statistics/summary.js';
import {
  performanceProfile,
  probabilityOfImprovement,
  summariseTasks,
} from '../../packages/cli/src/statistics/tasks.js';
import { readGolden } from './golden-folder.js';

/** Host arithmetic in float64, and what goes through quantiles of t: golden/README.md. */
const EXACT = 1e-9;
const PROBABILITY = 1e-6;

type Ends = readonly [number, number];
type Scores = readonly (readonly number[])[];
interface SeedSummary {
  readonly mean: number;
  readonly sd: number;
  readonly standard_error: number;
  readonly t_interval: Ends;
  readonly iqm: number;
  readonly median: number;
}
interface Pair {
  readonly name: string;
  readonly baseline: readonly number[];
  readonly variant: readonly number[];
  readonly baseline_summary: SeedSummary;
  readonly variant_summary: SeedSummary;
  readonly differences: readonly number[];
  readonly difference: {
    readonly mean: number;
    readonly sd: number;
    readonly standard_error: number;
    readonly degrees_of_freedom: number;
    readonly t: number | null;
    readonly p: number | null;
    readonly t_interval: Ends;
  };
  readonly sign_flip_p: number;
  readonly cohens_d_paired: number | null;
  readonly probability_of_improvement: number;
  readonly smallest_difference_at_80_percent_power?: number;
}
interface TaskGroupSummary {
  readonly mean: number;
  readonly median: number;
  readonly iqm: number;
  readonly optimality_gap: number;
  readonly performance_profile: readonly number[];
}
interface TaskGroup {
  readonly baseline: Scores;
  readonly variant: Scores;
  readonly tau: readonly number[];
  readonly baseline_summary: TaskGroupSummary;
  readonly variant_summary: TaskGroupSummary;
  readonly probability_of_improvement: number;
}
interface Curve {
  readonly steps: readonly number[];
  readonly values: readonly number[];
  readonly area: number;
  readonly normalized_area: number | null;
  readonly threshold: number;
  readonly first_step_at_or_above: number | null;
}
interface StatisticsFile {
  readonly pairs: readonly Pair[];
  readonly holm: readonly {
    readonly p: readonly number[];
    readonly adjusted: readonly number[];
    readonly 'rejected_at_0.05': readonly boolean[];
  }[];
  readonly tasks: readonly TaskGroup[];
  readonly curves: readonly Curve[];
  readonly power: {
    readonly smallest_effect_at_80_percent_power: readonly { readonly seeds: number; readonly effect: number }[];
    readonly seeds_needed: readonly { readonly seeds: number; readonly effect: number }[];
  };
}

const file = readGolden('statistics.json') as StatisticsFile;

function expectNear(received: number, expected: number | null, tolerance = EXACT): void {
  if (expected === null) expect(received).toBeNaN();
  else expect(Math.abs(received - expected), `${received} for ${expected}`).toBeLessThanOrEqual(tolerance);
}

function expectEnds({ low, high }: Interval, expected: Ends, tolerance = EXACT): void {
  expectNear(low, expected[0], tolerance);
  expectNear(high, expected[1], tolerance);
}

function expectSummary(scores: readonly number[], expected: SeedSummary): void {
  expectNear(mean(scores), expected.mean);
  expectNear(standardDeviation(scores), expected.sd);
  expectNear(standardError(scores), expected.standard_error);
  expectEnds(tInterval(scores), expected.t_interval, PROBABILITY);
  expectNear(interquartileMean(scores), expected.iqm);
  expectNear(median(scores), expected.median);
}

describe.each(file.pairs)('pair: $name', (pair) => {
  const { baseline, variant, differences } = pair;

  test('mean, sd, t interval, IQM and median of each side', () => {
    expectSummary(baseline, pair.baseline_summary);
    expectSummary(variant, pair.variant_summary);
  });

  test('t test of the paired differences', () => {
    const received = pairedTTest(differences);
    const expected = pair.difference;
    expectNear(received.mean, expected.mean);
    expectNear(received.sd, expected.sd);
    expectNear(received.standardError, expected.standard_error);
    expect(received.degreesOfFreedom).toBe(expected.degrees_of_freedom);
    expectNear(received.t, expected.t);
    expectNear(received.p, expected.p, PROBABILITY);
    expectEnds(received.interval, expected.t_interval, PROBABILITY);
  });

  test('exact sign-flip p', () => {
    expectNear(signFlipP(differences), pair.sign_flip_p, PROBABILITY);
  });

  test('effect size and probability of improvement', () => {
    expectNear(cohensDPaired(differences), pair.cohens_d_paired);
    const column = (scores: readonly number[]): number[][] => scores.map((score) => [score]);
    expectNear(probabilityOfImprovement(column(baseline), column(variant)), pair.probability_of_improvement);
  });

  test('smallest difference at 80 % power; nothing varies where the golden file leaves it undefined', () => {
    const received = standardDeviation(differences) * smallestEffect(differences.length);
    expectNear(received, pair.smallest_difference_at_80_percent_power ?? 0, PROBABILITY);
    if (pair.smallest_difference_at_80_percent_power === undefined) expect(standardDeviation(differences)).toBe(0);
  });
});

test.each(file.holm)('Holm: $p', ({ p, adjusted, 'rejected_at_0.05': rejected }) => {
  holm(p).forEach((received, i) => {
    expectNear(received, adjusted[i]!);
    // A p of exactly 0.05 is rejected: float rounding must not decide it.
    expect(received <= 0.05 + EXACT).toBe(rejected[i]);
  });
});

test.each(file.tasks)('tasks: aggregates, profile, probability of improvement', (group) => {
  for (const side of ['baseline', 'variant'] as const) {
    const expected = group[`${side}_summary`];
    const received = summariseTasks(group[side]);
    expectNear(received.mean, expected.mean);
    expectNear(received.median, expected.median);
    expectNear(received.interquartileMean, expected.iqm);
    expectNear(received.optimalityGap, expected.optimality_gap);
    performanceProfile(group[side], group.tau).forEach((share, i) =>
      expectNear(share, expected.performance_profile[i]!),
    );
  }
  expectNear(probabilityOfImprovement(group.baseline, group.variant), group.probability_of_improvement);
});

test.each(file.curves)('curve over $steps', ({ steps, values, area, normalized_area, threshold, ...expected }) => {
  const curve = steps.map((step, i) => ({ step, value: values[i]! }));
  expectNear(areaUnder(curve), area);
  expectNear(normalizedArea(curve), normalized_area);
  expect(firstStepAtOrAbove(curve, threshold)).toBe(expected.first_step_at_or_above ?? undefined);
});

test.each(file.power.smallest_effect_at_80_percent_power)(
  '$seeds seeds find an effect of $effect',
  ({ seeds, effect }) => {
    expectNear(smallestEffect(seeds), effect, PROBABILITY);
  },
);

test.each(file.power.seeds_needed)('an effect of $effect needs $seeds seeds', ({ seeds, effect }) => {
  expect(seedsNeeded(effect)).toBe(seeds);
});

test('differences that are equal but for rounding give no t, and the sign-flip test keeps its floor', () => {
  const differences = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6].map(
    (baseline, i) => [0.2, 0.3, 0.4, 0.5, 0.6, 0.7][i]! - baseline,
  );
  expect(pairedTTest(differences).p).toBeNaN();
  expect(signFlipP(differences)).toBe(2 / 2 ** 6);
});
