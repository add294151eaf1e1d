import { z } from 'zod';

/** A weight that goes in a straight line from one number to another over the first rollout steps, and stays there. */
export interface WeightLine {
  readonly from: number;
  readonly to: number;
  /** Rollout steps after which it is `to`. */
  readonly steps: number;
}

/** What a reward is multiplied with. */
export type Weight = number | WeightLine;

export const weightSchema = z.union([
  z.number(),
  z.strictObject({ from: z.number(), to: z.number(), steps: z.int().min(1) }),
]);

/**
 * The weight at a rollout step, from 0.
 *
 * @example weightAt({ from: 0, to: 1, steps: 4 }, 1) → 0.25
 */
export function weightAt(weight: Weight, step: number): number {
  if (typeof weight === 'number') return weight;
  const { from, to, steps } = weight;
  return from + (to - from) * Math.min(1, step / steps);
}
