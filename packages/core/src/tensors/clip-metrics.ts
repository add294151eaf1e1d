import type { MetricDeclaration, MetricTensors } from '../contracts/metric.js';
import { tf } from './tf.js';

const SHARE = { over: 'tokens', reduce: 'mean', unit: 'share' } as const;

/** What every rule with two bounds reports. */
export const clipMetricDeclarations = {
  'clip-fraction': { ...SHARE, meaning: 'tokens whose gradient the clip holds back' },
  'clip-fraction-low': { ...SHARE, meaning: 'tokens held at the lower bound' },
  'clip-fraction-high': { ...SHARE, meaning: 'tokens held at the upper bound' },
} as const satisfies Readonly<Record<string, MetricDeclaration>>;

/** The metrics above, out of where each bound binds (0/1 [responses, tokens]). */
export function clipMetrics({ low, high }: { low: tf.Tensor; high: tf.Tensor }): MetricTensors {
  return { 'clip-fraction': tf.add(low, high), 'clip-fraction-low': low, 'clip-fraction-high': high };
}
