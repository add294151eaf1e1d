import { definePlugin, tf } from '@dapo/core';

/**
 * The surrogate without a bound: −r · A.
 *
 * @param ratio [responses, tokens]
 * @param advantages [responses, tokens]
 * @returns loss [responses, tokens]
 * @example unclippedSurrogate([[1.5]], [[2]]) → [[-3]]
 */
export function unclippedSurrogate(ratio: tf.Tensor2D, advantages: tf.Tensor2D): tf.Tensor {
  return tf.neg(tf.mul(ratio, advantages));
}

export default definePlugin({
  kind: 'clip-rule',
  name: 'none',
  summary: 'No bound: the plain importance-weighted surrogate −r·A.',
  source: { title: 'PPO', arxiv: '1707.06347', equation: '6' },
  departures: 'none',
  alsoKnownAs: ['importance sampling', 'CPI'],
  create: () => ({ perToken: ({ ratio, advantages }) => unclippedSurrogate(ratio, advantages) }),
});
