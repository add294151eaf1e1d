import { definePlugin, tf, z } from '@dapo/core';

const options = z.strictObject({
  count: z
    .enum(['non-empty', 'all'])
    .default('non-empty')
    .describe('What the outer mean divides by: responses that have a token, or all responses'),
});

/**
 * Every response weighs the same: 1/N · mask / Σ_t counted of its response.
 *
 * @param mask 1 where a token carries loss [responses, tokens]
 * @param counted 1 where a token counts in the normaliser [responses, tokens]
 * @param count whether a response without a counted token is part of N
 * @returns weights [responses, tokens]
 * @example sequenceWeights([[1, 0], [1, 1]], [[1, 0], [1, 1]], 'all') → [[0.5, 0], [0.25, 0.25]]
 */
export function sequenceWeights(mask: tf.Tensor2D, counted: tf.Tensor2D, count: 'non-empty' | 'all'): tf.Tensor2D {
  const lengths = tf.sum(counted, 1, true);
  const responses = count === 'all' ? tf.scalar(mask.shape[0]) : tf.sum(tf.cast(tf.greater(lengths, 0), 'float32'));
  return tf.divNoNan(tf.divNoNan(mask, lengths), responses);
}

export default definePlugin({
  kind: 'aggregation',
  name: 'sequence',
  summary: 'The mean over responses of the mean over their tokens: a token of a long response weighs less.',
  source: { title: 'GRPO', arxiv: '2402.03300', equation: '3' },
  departures: 'Responses without a token are left out of the mean unless count is all.',
  alsoKnownAs: ['seq-mean-token-mean', 'GRPO', 'sample-level loss'],
  options,
  create: ({ count }) => ({ weights: ({ mask, counted }) => sequenceWeights(mask, counted, count) }),
});
