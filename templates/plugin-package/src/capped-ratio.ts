import { definePlugin, inside, tf, z, type OptionsOf } from '@dapo/core';

const options = z.strictObject({
  cap: z.number().positive().default(2).describe('largest ratio that counts'),
});

/**
 * L = −min(r, cap) · A for each token: beyond the cap the gradient is 0, whatever the sign of A.
 *
 * @param ratio r [responses, tokens]
 * @param advantages A [responses, tokens]
 * @returns [responses, tokens]
 * @example cappedSurrogate([[3]], [[0.5]], 2) → [[-1]]
 */
export function cappedSurrogate(ratio: tf.Tensor2D, advantages: tf.Tensor2D, cap: number): tf.Tensor2D {
  return tf.neg(tf.mul<tf.Tensor2D>(tf.minimum(ratio, cap), advantages));
}

export default definePlugin({
  kind: 'clip-rule',
  name: 'capped-ratio',
  summary: 'The importance-weighted surrogate with the ratio held below a cap.',
  source: { title: 'our own' },
  options,
  metrics: {
    capped: { over: 'tokens', reduce: 'mean', unit: 'share', meaning: 'tokens whose ratio the cap holds' },
  },
  create: ({ cap }) => ({
    perToken: ({ ratio, advantages, mask }) => ({
      loss: cappedSurrogate(ratio, advantages, cap),
      metrics: { capped: inside(tf.cast(tf.greater(ratio, cap), 'float32'), mask) },
    }),
  }),
});

/** With `plugins: ['dapo-plugin-capped-ratio']` in a config, `use: 'capped-ratio'` completes there and its options are checked. */
declare module '@dapo/core' {
  interface PluginCatalogue {
    'capped-ratio': {
      'clip-rule': { 'capped-ratio': OptionsOf<(typeof import('./capped-ratio.js'))['default']> };
    };
  }
}
