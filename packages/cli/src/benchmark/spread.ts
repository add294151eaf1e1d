/** What repeated measurements of one thing gave, in the order measured. */
export interface Spread {
  readonly median: number;
  /** The smallest of times, the largest of rates. */
  readonly best: number;
  readonly values: readonly number[];
}

/** The middle value; the mean of the two middle ones of an even number. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Of times: less is better. */
export function timesOf(values: readonly number[]): Spread {
  return { median: median(values), best: Math.min(...values), values };
}

/** Of rates: more is better. */
export function ratesOf(values: readonly number[]): Spread {
  return { median: median(values), best: Math.max(...values), values };
}
