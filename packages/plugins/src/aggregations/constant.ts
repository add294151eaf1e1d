import { definePlugin, tf, z } from '@dapo/core';

const options = z.strictObject({
  length: z.number().positive().optional().describe('L, tokens; default: rollout.maxResponseLength'),
});

/**
 * Every token weighs the same whatever the lengths are: mask / (R · L).
 *
 * @param mask 1 where a token carries loss [responses, tokens]
 * @param length L, tokens
 * @returns weights [responses, tokens]
 * @example constantWeights([[1, 0], [1, 1]], 4) → [[1/8, 0], [1/8, 1/8]]
 */
export function constantWeights(mask: tf.Tensor2D, length: number): tf.Tensor {
  return tf.div(mask, Math.max(1, mask.shape[0]) * length);
}

export default definePlugin({
  kind: 'aggregation',
  name: 'constant',
  summary: 'A sum over tokens divided by a constant, so that no length can weigh itself up or down.',
  source: {
    title: 'Understanding R1-Zero-like training, Dr. GRPO',
    arxiv: '2503.20783',
    equation: 'section 3.2',
  },
  departures: 'none; all responses of the mini-batch count, empty ones too',
  alsoKnownAs: ['Dr. GRPO', 'seq-mean-token-sum-norm'],
  options,
  create: ({ length }) => ({
    weights: ({ mask, maxResponseLength }) => constantWeights(mask, length ?? maxResponseLength),
  }),
});
