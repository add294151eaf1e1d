import { definePlugin, maskedQuantile, tf, z } from '@dapo/core';

const options = z.strictObject({
  share: z.number().gt(0).max(1).default(0.2).describe('Share of the tokens that carry loss: those of highest entropy'),
  countsFiltered: z.boolean().default(true).describe('Whether a token put out still counts in the normaliser'),
});

/**
 * 1 where a token's entropy is at least the (1 − share) quantile over the whole mini-batch; ties are all
 * kept.
 *
 * @param entropy [responses, tokens]
 * @param mask 0/1 [responses, tokens]
 * @returns 0/1 [responses, tokens]
 * @example highEntropy([[1, 2, 3, 4, 5]], ones, 0.2) → [[0, 0, 0, 0, 1]]
 */
export function highEntropy(entropy: tf.Tensor2D, mask: tf.Tensor2D, share: number): tf.Tensor2D {
  const least = maskedQuantile(entropy, mask, 1 - share);
  return tf.mul(tf.cast(tf.greaterEqual(entropy, least), 'float32'), mask);
}

export default definePlugin({
  kind: 'filter',
  name: 'high-entropy',
  summary: 'Only the tokens of highest entropy, where a response may fork, carry loss.',
  source: { title: 'Beyond the 80/20 Rule', arxiv: '2506.01939', equation: '6' },
  departures: 'The quantile is that of the whole mini-batch, before any split; TRL takes it per micro-batch gathered.',
  alsoKnownAs: ['80/20', 'top_entropy_quantile', 'forking tokens'],
  options,
  needs: ['entropy'],
  create: ({ share, countsFiltered }) => ({
    level: 'token',
    countsFiltered,
    select: ({ entropy, mask }) => highEntropy(entropy!, mask, share),
  }),
});
