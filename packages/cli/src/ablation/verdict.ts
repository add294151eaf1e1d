import { holm } from '../statistics/holm.js';
import { cohensDPaired, pairedTTest } from '../statistics/paired-test.js';
import { seedsNeeded, smallestEffect } from '../statistics/power.js';
import { signFlipP } from '../statistics/sign-flip.js';
import type { Interval } from '../statistics/summary.js';
import type { Comparison } from './plan.js';

/** With fewer seeds the single runs are shown and nothing is claimed. */
export const MIN_SEEDS_FOR_CLAIMS = 6;
export const ALPHA = 0.05;
const POWER = 0.8;

/** Variant → seed → final score. */
export type Scores = ReadonlyMap<string, ReadonlyMap<number, number>>;

export interface Verdict extends Comparison {
  /** Those that both variants have a score for. */
  readonly seeds: readonly number[];
  /** Variant − other, seed by seed. */
  readonly differences: readonly number[];
  readonly mean: number;
  /** Paired t, 95 %, not corrected. */
  readonly interval: Interval;
  readonly effect: number;
  /** Paired t, two-sided. */
  readonly p: number;
  /** Corrected over all comparisons of the study. */
  readonly holmP: number;
  readonly signFlipP: number;
  /** As `holmP`. */
  readonly signFlipHolmP: number;
  /** Found at 80 % power by a test at 0.05 alone, and by Holm's first step, which tests at 0.05 / comparisons. */
  readonly smallestDifference: { readonly alone: number; readonly corrected: number };
  /** Seeds that would find half of the corrected smallest difference. */
  readonly seedsForHalf: number;
  readonly claim: 'better' | 'worse' | 'none shown' | 'too few seeds';
}

/**
 * Compares the final scores of a study, paired by seed, with Holm's correction over all that is compared.
 *
 * @param reach what a number of seeds can find; to be computed once where many studies are judged
 */
export function judge(comparisons: readonly Comparison[], scores: Scores, reach = reachOf): Verdict[] {
  const tests = comparisons.map((comparison) => testOf(comparison, scores));
  const corrected = holm(tests.map(({ p }) => p));
  const signFlips = holm(tests.map(({ signFlipP }) => signFlipP));
  return tests.map((test, i) =>
    finish(
      { ...test, holmP: corrected[i]!, signFlipHolmP: signFlips[i]! },
      reach(test.seeds.length, comparisons.length),
    ),
  );
}

/** What a number of seeds can find at 80 % power. */
export interface Reach {
  /** Standardised effect (mean difference / sd of the differences) of a test at 0.05. */
  readonly alone: number;
  /** Of Holm's first step, which tests at 0.05 / comparisons. */
  readonly corrected: number;
  /** Seeds that would find half of the corrected effect. */
  readonly seedsForHalf: number;
}

/** NaN for fewer than two seeds. */
export function reachOf(seeds: number, comparisons: number): Reach {
  if (seeds < 2) return { alone: NaN, corrected: NaN, seedsForHalf: NaN };
  const corrected = smallestEffect(seeds, POWER, ALPHA / comparisons);
  return {
    alone: smallestEffect(seeds, POWER, ALPHA),
    corrected,
    seedsForHalf: seedsNeeded(corrected / 2, POWER, ALPHA / comparisons),
  };
}

interface Tested extends Pick<Verdict, 'seeds' | 'differences' | 'mean' | 'interval' | 'p' | 'signFlipP'>, Comparison {
  readonly sd: number;
}

function testOf(comparison: Comparison, scores: Scores): Tested {
  const variant = scores.get(comparison.variant) ?? new Map<number, number>();
  const against = scores.get(comparison.against) ?? new Map<number, number>();
  const seeds = [...variant.keys()].filter((seed) => against.has(seed)).sort((a, b) => a - b);
  const differences = seeds.map((seed) => variant.get(seed)! - against.get(seed)!);
  const { mean, interval, p, sd } = pairedTTest(differences);
  return {
    ...comparison,
    ...{ seeds, differences, mean, interval, sd },
    p: isEnough(seeds.length) ? p : NaN,
    signFlipP: seeds.length === 0 ? NaN : signFlipP(differences),
  };
}

function finish(
  { sd, ...test }: Tested & Pick<Verdict, 'holmP' | 'signFlipHolmP'>,
  { alone, corrected, seedsForHalf }: Reach,
): Verdict {
  const { seeds, differences, mean, holmP } = test;
  return {
    ...test,
    effect: cohensDPaired(differences),
    smallestDifference: { alone: sd * alone, corrected: sd * corrected },
    seedsForHalf,
    claim: claimOf(seeds.length, mean, holmP),
  };
}

function claimOf(seeds: number, mean: number, holmP: number): Verdict['claim'] {
  if (!isEnough(seeds)) return 'too few seeds';
  // A p of exactly 0.05 rejects: rounding must not decide it.
  if (!(holmP <= ALPHA + 1e-12)) return 'none shown';
  return mean > 0 ? 'better' : 'worse';
}

/** The most seeds that two compared variants share: what a study can claim rests on so many. */
export function mostPairs(verdicts: readonly Verdict[]): number {
  return Math.max(0, ...verdicts.map(({ seeds }) => seeds.length));
}

/** The numbers of seeds at which a study could claim something, by rising number: those of earlier looks, and that of now. */
export function looksWith(earlier: readonly number[], verdicts: readonly Verdict[]): number[] {
  const now = mostPairs(verdicts);
  return [...new Set([...earlier, ...(isEnough(now) ? [now] : [])])].sort((a, b) => a - b);
}

/** Whether so many seeds are enough to claim anything. */
export function isEnough(seeds: number): boolean {
  return seeds >= MIN_SEEDS_FOR_CLAIMS;
}
