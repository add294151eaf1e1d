import { boundedLog, definePlugin, inside, rowSum, stopGradient, tf } from '@dapo/core';

/**
 * The value of the sequence ratio s = exp(mean_t (log π − log π_old)) with a gradient per token: sg[s] · π /
 * sg[π]. Where the advantage is one number per response, its sum over the response has the gradient of the
 * sequence ratio.
 *
 * @param logProbs [responses, tokens]
 * @param oldLogProbs [responses, tokens]
 * @param mask 0/1 [responses, tokens]
 * @returns [responses, tokens]
 * @example sequenceTokenRatio([[0, 0]], [[Math.log(0.5), Math.log(0.125)]], [[1, 1]]) → [[4, 4]]
 */
export function sequenceTokenRatio(logProbs: tf.Tensor2D, oldLogProbs: tf.Tensor2D, mask: tf.Tensor2D): tf.Tensor2D {
  const difference = inside(tf.sub<tf.Tensor2D>(logProbs, oldLogProbs), mask);
  const mean = tf.div(rowSum(difference, mask), tf.maximum(tf.sum(mask, 1, true), 1));
  const sequence = stopGradient(boundedLog(mean));
  const own = inside(tf.sub<tf.Tensor2D>(logProbs, stopGradient(logProbs)), mask);
  return tf.exp(tf.add(sequence, own)) as tf.Tensor2D;
}

export default definePlugin({
  kind: 'ratio-level',
  name: 'sequence-token',
  summary: 'The ratio of the whole response with a gradient per token, for advantages per token.',
  source: { title: 'GSPO-token', arxiv: '2507.18071', equation: '14' },
  departures: 'The mean log-ratio is held within ±20, so that the ratio is finite.',
  alsoKnownAs: ['GSPO-token'],
  create: () => ({
    ratio: ({ logProbs, oldLogProbs, mask }) => sequenceTokenRatio(logProbs, oldLogProbs, mask),
  }),
});
