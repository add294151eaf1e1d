import { mean, standardDeviation, standardError, tInterval, type Interval } from './summary.js';
import { tTwoSidedP } from './student-t.js';

export interface PairedTest {
  readonly mean: number;
  readonly sd: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
  /** NaN where the differences don't vary: then there is nothing to measure them by. */
  readonly t: number;
  /** Two-sided. NaN where t is. */
  readonly p: number;
  /** 95 %. */
  readonly interval: Interval;
}

/** Student's paired t test: t = mean / (sd / √n) with n − 1 degrees of freedom (scipy `ttest_rel`). */
export function pairedTTest(differences: readonly number[]): PairedTest {
  const sd = standardDeviation(differences);
  const error = standardError(differences);
  const degreesOfFreedom = differences.length - 1;
  const t = varies(differences) ? mean(differences) / error : NaN;
  const p = Number.isNaN(t) ? NaN : tTwoSidedP(t, degreesOfFreedom);
  const interval = tInterval(differences);
  return { mean: mean(differences), sd, standardError: error, degreesOfFreedom, t, p, interval };
}

/** Cohen's d of pairs: mean difference / sd of the differences. NaN where they don't vary. */
export function cohensDPaired(differences: readonly number[]): number {
  return varies(differences) ? mean(differences) / standardDeviation(differences) : NaN;
}

/** Differences that are equal on paper differ in their last bits, which would make a t of 10¹⁵ out of nothing. */
function varies(differences: readonly number[]): boolean {
  return standardDeviation(differences) > 1e-12 * Math.max(...differences.map(Math.abs));
}
