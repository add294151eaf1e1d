import type { Point } from '../run-history.js';
import { mean, tInterval } from '../statistics/summary.js';

/** A mean over seeds, with a 95 % interval where there are two or more. */
export interface AveragePoint {
  readonly x: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Mean of several runs' curves. Runs are measured at different amounts of tokens: each curve is read off, by straight
 * lines between its points, at so many places from 0 to where the shortest ends.
 */
export function averageOver(curves: readonly (readonly Point[])[], places = 25): AveragePoint[] {
  const drawn = curves.filter((curve) => curve.length > 1);
  if (drawn.length === 0) return [];
  const end = Math.min(...drawn.map((curve) => curve.at(-1)!.step));
  return Array.from({ length: places }, (_, i) => {
    const x = (end * i) / (places - 1);
    return summary(
      x,
      drawn.map((curve) => readOff(curve, x)),
    );
  });
}

/** Mean of a metric at each step that at least half of the runs have. */
export function averageBySteps(series: readonly (readonly Point[])[]): AveragePoint[] {
  const values = new Map<number, number[]>();
  for (const { step, value } of series.flat()) values.set(step, [...(values.get(step) ?? []), value]);
  return [...values]
    .filter(([, ofStep]) => 2 * ofStep.length >= series.length)
    .sort(([a], [b]) => a - b)
    .map(([step, ofStep]) => summary(step, ofStep));
}

function summary(x: number, values: readonly number[]): AveragePoint {
  const middle = mean(values);
  const { low, high } = values.length > 1 ? tInterval(values) : { low: middle, high: middle };
  return { x, mean: middle, low, high };
}

/** The height of a polyline; its ends beyond them. */
function readOff(curve: readonly Point[], x: number): number {
  const after = curve.findIndex(({ step }) => step >= x);
  if (after < 0) return curve.at(-1)!.value;
  const right = curve[after]!;
  const left = curve[after - 1];
  if (!left || right.step === x) return right.value;
  return left.value + ((x - left.step) / (right.step - left.step)) * (right.value - left.value);
}
