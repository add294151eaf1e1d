import { tCritical } from './student-t.js';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

/** With ddof 1; NaN for fewer than two values. Equal values have exactly 0. */
export function standardDeviation(values: readonly number[]): number {
  if (values.length < 2) return NaN;
  if (values.every((x) => x === values[0])) return 0;
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, x) => sum + (x - middle) ** 2, 0) / (values.length - 1));
}

/** sd / √n; NaN for fewer than two values. */
export function standardError(values: readonly number[]): number {
  return standardDeviation(values) / Math.sqrt(values.length);
}

/**
 * mean ± t(1 − (1 − level)/2, n − 1) · sd / √n. Over 3 to 10 seeds it covers what it says, where a percentile bootstrap
 * covers far less. Ends are NaN for fewer than two values.
 */
export function tInterval(values: readonly number[], level = 0.95): Interval {
  if (values.length < 2) return { low: NaN, high: NaN };
  const half = tCritical(1 - level, values.length - 1) * standardError(values);
  return { low: mean(values) - half, high: mean(values) + half };
}

/** The middle value, or the mean of the middle two. */
export function median(values: readonly number[]): number {
  return quantile(sorted(values), 0.5);
}

/** Interquartile mean: ⌊n/4⌋ values are cut at each end (rliable `aggregate_iqm`, a 25 % trimmed mean). */
export function interquartileMean(values: readonly number[]): number {
  const cut = Math.floor(values.length / 4);
  return mean(sorted(values).slice(cut, values.length - cut));
}

/** Linear interpolation between the order statistics, as numpy's default. Values ascending. */
function quantile(ascending: readonly number[], share: number): number {
  const place = share * (ascending.length - 1);
  const below = Math.floor(place);
  const value = ascending[below]!;
  return value + (place - below) * ((ascending[below + 1] ?? value) - value);
}

function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}
