import { quantile, sorted, type Interval } from './summary.js';

/** 7⁷ resamples are 823,543; of more values a resample has to be drawn. */
const MAX_VALUES = 7;

/** linear: numpy's default · inverted-cdf: the smallest value whose cumulative share reaches the percentile. */
export type Percentile = 'linear' | 'inverted-cdf';

/**
 * 2.5 and 97.5 percentiles of a statistic over all nⁿ resamples. Over few seeds such an interval covers far less than
 * 95 % (83 % for 5): it is here to be compared with, the t interval is the one to report.
 * NaN for more than 7 values.
 */
export function exactBootstrapInterval(
  values: readonly number[],
  statistic: (resample: readonly number[]) => number,
  percentile: Percentile = 'linear',
): Interval {
  const n = values.length;
  if (n === 0 || n > MAX_VALUES) return { low: NaN, high: NaN };
  const resamples = n ** n;
  const estimates = sorted(
    Array.from({ length: resamples }, (_, number) =>
      statistic(values.map((_, place) => values[Math.floor(number / n ** place) % n]!)),
    ),
  );
  const at = (share: number): number =>
    percentile === 'linear' ? quantile(estimates, share) : estimates[Math.ceil(share * resamples) - 1]!;
  return { low: at(0.025), high: at(0.975) };
}
