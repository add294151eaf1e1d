import { boundedLog, definePlugin, inside, rowSum, tf } from '@dapo/core';

/**
 * The ratio of a whole response, its geometric mean over tokens: s = exp(mean_t (log π − log π_old)), on each
 * token.
 *
 * @param logProbs [responses, tokens]
 * @param oldLogProbs [responses, tokens]
 * @param mask 0/1 [responses, tokens]
 * @returns [responses, tokens]; 1 throughout a response without a token
 * @example sequenceRatio([[0, 0]], [[Math.log(0.5), Math.log(0.125)]], [[1, 1]]) → [[4, 4]]
 */
export function sequenceRatio(logProbs: tf.Tensor2D, oldLogProbs: tf.Tensor2D, mask: tf.Tensor2D): tf.Tensor2D {
  const difference = inside(tf.sub<tf.Tensor2D>(logProbs, oldLogProbs), mask);
  const mean = tf.div(rowSum(difference, mask), tf.maximum(tf.sum(mask, 1, true), 1));
  return tf.mul(tf.exp(boundedLog(mean)), tf.onesLike(mask));
}

export default definePlugin({
  kind: 'ratio-level',
  name: 'sequence',
  summary: 'Compares whole responses: the geometric mean of the ratios of their tokens.',
  source: { title: 'GSPO', arxiv: '2507.18071', equation: '7' },
  departures:
    'The mean log-ratio is held within ±20, so that the ratio is finite. The paper clips it with bounds of 3e-4 and 4e-4 and ' +
    'the sequence aggregation.',
  alsoKnownAs: ['GSPO', 'importance_sampling_level=sequence'],
  create: () => ({ ratio: ({ logProbs, oldLogProbs, mask }) => sequenceRatio(logProbs, oldLogProbs, mask) }),
});
