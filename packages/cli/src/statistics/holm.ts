/**
 * Holm's step-down correction (1979): the i-th smallest of m p-values times m − i + 1, kept monotone and cut at 1. It
 * holds the family-wise error whatever the tests have to do with each other. A NaN (no test) counts as a comparison
 * that was made, and stays NaN.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => keyOf(pValues[a]!) - keyOf(pValues[b]!));
  const adjusted = new Array<number>(pValues.length);
  let least = 0;
  order.forEach((index, rank) => {
    least = Math.max(least, Math.min(1, (pValues.length - rank) * pValues[index]!));
    adjusted[index] = Number.isNaN(pValues[index]!) ? NaN : least;
  });
  return adjusted;
}

function keyOf(p: number): number {
  return Number.isNaN(p) ? Number.POSITIVE_INFINITY : p;
}
