import { definePlugin, inside, stopGradient, tf, z } from '@dapo/core';

const options = z.strictObject({
  temperature: z.number().positive().default(4).describe('τ: how fast the gradient fades as the ratio leaves 1'),
});

/**
 * The hard clip with its corner rounded: L = −A · (4/τ) · σ(τ (r − 1)). At r = 1 the gradient is that of −r·A; away from
 * 1, on both sides, it fades and never is 0 (the soft gate of SAPO, arXiv 2511.20347).
 *
 * @param ratio r [responses, tokens]
 * @param advantages A [responses, tokens]
 * @returns [responses, tokens]
 * @example softGate([[1]], [[2]], 4) → [[-1]]
 */
export function softGate(ratio: tf.Tensor2D, advantages: tf.Tensor2D, temperature: number): tf.Tensor2D {
  const gate = tf.mul<tf.Tensor2D>(tf.sigmoid(tf.mul(tf.sub(ratio, 1), temperature)), 4 / temperature);
  return tf.neg(tf.mul<tf.Tensor2D>(gate, advantages));
}

export default definePlugin({
  kind: 'clip-rule',
  name: 'soft-clip',
  summary: 'A clip without a corner: the gradient of a token fades as its ratio leaves 1.',
  source: { title: 'SAPO, soft gate', arxiv: '2511.20347' },
  departures: 'one temperature for both signs of the advantage',
  options,
  metrics: {
    faded: {
      over: 'tokens',
      reduce: 'mean',
      unit: 'share',
      meaning: 'tokens that have lost over a tenth of their gradient',
    },
  },
  create: ({ temperature }) => ({
    perToken: ({ ratio, advantages, mask }) => {
      const half = tf.sigmoid(tf.mul(tf.sub(stopGradient(ratio), 1), temperature));
      const left = tf.mul(tf.mul(half, tf.sub(1, half)), 4); // 1 where the ratio is 1
      return {
        loss: softGate(ratio, advantages, temperature),
        metrics: { faded: inside(tf.cast(tf.less(left, 0.9), 'float32') as tf.Tensor2D, mask) },
      };
    },
  }),
});
