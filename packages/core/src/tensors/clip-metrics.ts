import type { MetricDeclaration, MetricTensors } from '../contracts/metric.js';
import { tf } from './tf.js';

const SHARE = { over: 'tokens', reduce: 'mean', unit: 'share' } as const;

/** What every rule with two bounds reports. */
export const clipMetricDeclarations = {
  'clip-fraction': {
    ...SHARE,
    meaning: 'tokens whose gradient the clip holds back',
    healthy: '0.001 to 0.2',
    worrying: '0: no clip rule acts; above 0.3: updates go too far',
    advice: '0: more updates a rollout; high: fewer of them, or a lower learning rate',
  },
  'clip-fraction-low': {
    ...SHARE,
    meaning: 'tokens held at the lower bound',
    healthy: 'below 0.1',
    worrying: 'above 0.2',
    advice: 'a lower learning rate, or fewer updates a rollout',
  },
  'clip-fraction-high': {
    ...SHARE,
    meaning: 'tokens held at the upper bound',
    healthy: 'below 0.1',
    worrying: 'above 0.2 while entropy falls: rare tokens can not rise',
    advice: 'raise the upper bound (clip-higher)',
  },
} as const satisfies Readonly<Record<string, MetricDeclaration>>;

/** The metrics above, out of where each bound binds (0/1 [responses, tokens]). */
export function clipMetrics({ low, high }: { low: tf.Tensor; high: tf.Tensor }): MetricTensors {
  return { 'clip-fraction': tf.add(low, high), 'clip-fraction-low': low, 'clip-fraction-high': high };
}
