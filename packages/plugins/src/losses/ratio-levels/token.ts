import { definePlugin, logRatio, tf } from '@dapo/core';

/**
 * The probability ratio of each token: r = π / π_old = exp(log π − log π_old), 1 outside the mask.
 *
 * @param logProbs [responses, tokens]
 * @param oldLogProbs [responses, tokens]
 * @param mask 0/1 [responses, tokens]
 * @returns [responses, tokens]
 * @example tokenRatio([[0]], [[Math.log(0.5)]], [[1]]) → [[2]]
 */
export function tokenRatio(logProbs: tf.Tensor2D, oldLogProbs: tf.Tensor2D, mask: tf.Tensor2D): tf.Tensor2D {
  return tf.exp(logRatio(logProbs, oldLogProbs, mask));
}

export default definePlugin({
  kind: 'ratio-level',
  name: 'token',
  summary: 'Compares the probability of every token with that of the old policy.',
  source: { title: 'PPO', arxiv: '1707.06347', equation: 'section 3' },
  departures: 'The log-ratio is held within ±20, so that the ratio is finite.',
  create: () => ({ ratio: ({ logProbs, oldLogProbs, mask }) => tokenRatio(logProbs, oldLogProbs, mask) }),
});
