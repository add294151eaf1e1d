import { definePlugin, tf, tokens, updatesPerRollout, z } from '@dapo/core';

const options = z.strictObject({
  max: z
    .number()
    .int()
    .nonnegative()
    .optional()
    .describe('Optimizer steps that the sampling weights may be old; default: those of two rollouts, less one'),
  countsFiltered: z.boolean().default(false).describe('Whether a token put out still counts in the normaliser'),
});

/**
 * 1 where the weights that sampled a response are at most `max` optimizer steps old.
 *
 * @param policyAge [responses, tokens]
 * @returns 0/1 [responses, tokens]
 * @example freshTokens([[3, 3], [4, 4]], 3) → [[1, 1], [0, 0]]
 */
export function freshTokens(policyAge: tf.Tensor2D, max: number): tf.Tensor {
  return tf.cast(tf.lessEqual(policyAge, max), 'float32');
}

export default definePlugin({
  kind: 'filter',
  name: 'max-staleness',
  summary: 'Takes responses out of the loss that weights of too long ago have sampled.',
  source: { title: 'AReaL, staleness control', arxiv: '2505.24298' },
  departures: 'Puts stale responses out at the update instead of holding the sampler back.',
  alsoKnownAs: ['off-policyness', 'max_staleness'],
  options,
  inject: { config: tokens.config },
  check({ max }, config) {
    const updates = updatesPerRollout(config);
    if (max === undefined || max >= updates - 1) return [];
    const message = `The last of ${updates} updates of a rollout is ${updates - 1} steps from its sampling weights: it would lose all tokens.`;
    return [{ level: 'warning', path: 'max', message, hint: `Set it to ${updates - 1} or more.` }];
  },
  create({ max, countsFiltered }, { config }) {
    const bound = max ?? 2 * updatesPerRollout(config) - 1;
    return { level: 'token', countsFiltered, select: ({ policyAge }) => freshTokens(policyAge, bound) };
  },
});
