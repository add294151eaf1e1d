import { median, type Spread } from './spread.js';

/** Two sides of a measurement that alternated: the middle of the ratios of each round, and best against best. */
export interface Ratio {
  readonly median: number;
  readonly best: number;
}

/**
 * One side's figures divided by the other's, round by round.
 *
 * @param above and `below`: one value a round each, in the same order
 */
export function ratioOf(above: Spread, below: Spread): Ratio {
  const rounds = Math.min(above.values.length, below.values.length);
  const ratios = Array.from({ length: rounds }, (_, round) => above.values[round]! / below.values[round]!);
  return { median: median(ratios), best: above.best / below.best };
}
