/** Above this many differences 2ⁿ flips are too many to go through. */
export const MAX_EXACT_FLIPS = 24;

/**
 * Exact two-sided p of the sign-flip (paired permutation) test: the share of the 2ⁿ ways to flip the signs of the
 * differences whose |mean| is at least the observed one. Its floor is 2/2ⁿ. NaN above MAX_EXACT_FLIPS differences.
 */
export function signFlipP(differences: readonly number[]): number {
  if (differences.length > MAX_EXACT_FLIPS) return NaN;
  const scale = differences.reduce((sum, d) => sum + Math.abs(d), 0);
  const observed = Math.abs(differences.reduce((sum, d) => sum + d, 0));
  // Sums of the same numbers in another order differ by rounding: those are ties, too.
  const bound = observed - 1e-12 * scale;
  const countFrom = (i: number, sum: number): number => {
    if (i === differences.length) return Math.abs(sum) >= bound ? 1 : 0;
    return countFrom(i + 1, sum + differences[i]!) + countFrom(i + 1, sum - differences[i]!);
  };
  return countFrom(0, 0) / 2 ** differences.length;
}

/** The smallest p that a sign-flip test over n differences can give. */
export function signFlipFloor(n: number): number {
  return 2 / 2 ** n;
}

export interface WilcoxonTest {
  /** min(W⁺, W⁻). */
  readonly statistic: number;
  /** Exact and two-sided. */
  readonly p: number;
}

/**
 * Wilcoxon's signed-rank test: zeros dropped, mid-ranks for ties, p from all 2ⁿ sign flips of the ranks. W⁺ − W⁻ is
 * the sum of the signed ranks, so that the flips of those are the flips of the statistic.
 */
export function wilcoxonSignedRank(differences: readonly number[]): WilcoxonTest {
  // Two differences that are equal on paper differ in their last bits: 0.52 − 0.5 and 0.5 − 0.48.
  const rounded = differences.map((d) => Number(d.toPrecision(12))).filter((d) => d !== 0);
  const signedRanks = midRanks(rounded.map(Math.abs)).map((rank, i) => rank * Math.sign(rounded[i]!));
  const total = signedRanks.reduce((sum, rank) => sum + Math.abs(rank), 0);
  const sum = signedRanks.reduce((all, rank) => all + rank, 0);
  return { statistic: (total - Math.abs(sum)) / 2, p: signFlipP(signedRanks) };
}

/** 1 for the smallest; equal values share the mean of their places. */
function midRanks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}
