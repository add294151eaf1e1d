import { definePlugin, tf } from '@dapo/core';

/**
 * Every token weighs the same: mask / Σ counted, over the whole mini-batch.
 *
 * @param mask 1 where a token carries loss [responses, tokens]
 * @param counted 1 where a token counts in the normaliser [responses, tokens]
 * @returns weights [responses, tokens]
 * @example tokenWeights([[1, 0], [1, 1]], [[1, 0], [1, 1]]) → [[1/3, 0], [1/3, 1/3]]
 */
export function tokenWeights(mask: tf.Tensor2D, counted: tf.Tensor2D): tf.Tensor2D {
  return tf.divNoNan(mask, tf.sum(counted));
}

export default definePlugin({
  kind: 'aggregation',
  name: 'token',
  summary: 'One mean over all tokens of the mini-batch, so that long responses weigh as much as their tokens do.',
  source: { title: 'DAPO, token-level loss', arxiv: '2503.14476', equation: '8, 12' },
  departures:
    'Normalised over the whole mini-batch, as verl and TRL; the formula is per prompt group (token-per-group).',
  alsoKnownAs: ['token-mean', 'token-level loss', 'DAPO'],
  create: () => ({ weights: ({ mask, counted }) => tokenWeights(mask, counted) }),
});
