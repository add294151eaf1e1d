import { correctionCannotAct, definePlugin, importanceWeights, tf, z } from '@dapo/core';

const options = z.strictObject({
  level: z
    .enum(['token', 'sequence'])
    .default('token')
    .describe('Judge single tokens, or whole responses by the product'),
  low: z.number().nonnegative().default(0.5).describe('A smaller weight puts the token out'),
  high: z.number().positive().default(5).describe('A larger weight puts the token out'),
  countsFiltered: z.boolean().default(true).describe('Whether a token put out still counts in the normaliser'),
});

/**
 * 1 where low ≤ π_old / π_behaviour ≤ high.
 *
 * @param weights [responses, tokens]
 * @returns 0/1 [responses, tokens]
 * @example trustedTokens([[0.4, 1, 6]], { low: 0.5, high: 5 }) → [[0, 1, 0]]
 */
export function trustedTokens(weights: tf.Tensor2D, { low, high }: { low: number; high: number }): tf.Tensor {
  const trusted = tf.logicalAnd(tf.greaterEqual(weights, low), tf.lessEqual(weights, high));
  return tf.cast(trusted, 'float32');
}

export default definePlugin({
  kind: 'filter',
  name: 'masked-importance',
  summary: 'Takes tokens out of the loss where trained weights and sampler disagree too much, and weights none.',
  source: {
    title: 'verl rollout correction',
    url: 'https://verl.readthedocs.io/en/latest/algo/rollout_corr.html',
  },
  departures: 'none',
  alsoKnownAs: ['MIS', 'IcePop', 'rejection sampling'],
  options,
  check: (_, config) => correctionCannotAct(config),
  create: ({ level, countsFiltered, ...bounds }) => ({
    level: 'token',
    countsFiltered,
    select: (inputs) => trustedTokens(importanceWeights(inputs, level), bounds),
  }),
});
