import { boundedLog, definePlugin, inside, rowSum, tf } from '@dapo/core';

/**
 * The ratio of a whole response, the product over its tokens: π(o) / π_old(o) = exp(Σ_t (log π − log π_old)),
 * on each token.
 *
 * @param logProbs [responses, tokens]
 * @param oldLogProbs [responses, tokens]
 * @param mask 0/1 [responses, tokens]
 * @returns [responses, tokens]; 1 throughout a response without a token
 * @example sequenceProduct([[0, 0]], [[Math.log(0.5), Math.log(0.125)]], [[1, 1]]) → [[16, 16]]
 */
export function sequenceProduct(logProbs: tf.Tensor2D, oldLogProbs: tf.Tensor2D, mask: tf.Tensor2D): tf.Tensor2D {
  const sum = rowSum(inside(tf.sub<tf.Tensor2D>(logProbs, oldLogProbs), mask), mask);
  return tf.mul(tf.exp(boundedLog(sum)), tf.onesLike(mask));
}

export default definePlugin({
  kind: 'ratio-level',
  name: 'sequence-product',
  summary: 'Compares whole responses by their probability: the product of the ratios of their tokens.',
  source: { title: 'RLOO for language models', arxiv: '2402.14740' },
  departures: 'The sum of log-ratios is held within ±20, so that the ratio is finite.',
  alsoKnownAs: ['sequence-level importance sampling'],
  create: () => ({
    ratio: ({ logProbs, oldLogProbs, mask }) => sequenceProduct(logProbs, oldLogProbs, mask),
  }),
});
