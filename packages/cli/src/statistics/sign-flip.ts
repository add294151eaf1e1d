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
