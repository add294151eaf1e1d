import { definePlugin, tf, z, type AggregationInputs, type OptionsOf } from '@dapo/core';

const options = z.strictObject({
  power: z.number().min(0).max(1).default(0.5).describe('0: every token weighs the same; 1: every response does'),
});

/**
 * w = |o|^−p / Σ |o|^−p over the counted tokens of the mini-batch: between the token-level loss and the mean of means.
 *
 * @returns weights [responses, tokens], 0 outside the mask
 */
export function lengthWeights(
  { mask, counted }: Pick<AggregationInputs, 'mask' | 'counted'>,
  power: number,
): tf.Tensor2D {
  const lengths = tf.maximum(tf.sum(counted, 1, true), 1);
  const weight = tf.pow(lengths, -power);
  return tf.divNoNan(tf.mul(mask, weight), tf.sum(tf.mul(counted, weight)));
}

export default definePlugin({
  kind: 'aggregation',
  name: 'my-aggregation',
  summary: 'Long responses weigh more than short ones, by less than their length.',
  source: { title: 'DAPO, token-level loss', arxiv: '2503.14476', equation: '12' },
  departures: 'power 0 is that loss, over the whole mini-batch',
  options,
  create: ({ power }) => ({ weights: (inputs) => lengthWeights(inputs, power) }),
});

/** With `plugins: ['./plugins/my-aggregation.ts']` in a config, `use: 'my-aggregation'` completes there and its options are checked. */
declare module '@dapo/core' {
  interface PluginCatalogue {
    'my-aggregation': {
      aggregation: { 'my-aggregation': OptionsOf<(typeof import('./my-aggregation.js'))['default']> };
    };
  }
}
