import { definePlugin, discountedReturns, groupDeviations, perResponse, tf, whiten, z } from '@dapo/core';
import type { AdvantageInputs } from '@dapo/core';

const options = z.strictObject({
  over: z
    .enum(['tokens', 'responses'])
    .default('tokens')
    .describe('What the batch statistics count: tokens (long responses weigh more) or responses'),
  baseline: z
    .enum(['none', 'group'])
    .default('none')
    .describe("group: less the group's mean, before the batch statistics"),
  gamma: z.number().gt(0).max(1).default(1).describe('Discount per token, over tokens and without a baseline'),
  ddof: z
    .union([z.literal(0), z.literal(1)])
    .default(1)
    .describe('1: squares divided by n − 1 (Bessel), 0: by n'),
  eps: z.number().positive().default(1e-8).describe('Added to the variance'),
});
type Options = z.output<typeof options>;

/**
 * What each token is credited with before whitening: the discounted sum of the rewards from it on, or its
 * response's lead over the group [responses, tokens].
 */
function tokenCredits(inputs: AdvantageInputs, { baseline, gamma }: Options): tf.Tensor2D {
  const { rewards, present, mask, tokenRewards, groupOf } = inputs;
  if (baseline === 'none') return discountedReturns(tokenRewards, mask, gamma);
  const leads = perResponse(groupDeviations(rewards, present), present, groupOf);
  return tf.mul(tf.expandDims(leads, 1), mask);
}

/**
 * (x − mean) / sqrt(var + eps) over the whole batch, where x is the return of each token, the reward of each
 * response, or either's lead over its group.
 *
 * @returns advantages [responses, tokens], or [groups, responses] over responses
 */
export function batchNorm(inputs: AdvantageInputs, settings: Options): tf.Tensor {
  const { rewards, present, mask } = inputs;
  if (settings.over === 'tokens') return whiten(tokenCredits(inputs, settings), mask, settings);
  const credits = settings.baseline === 'group' ? groupDeviations(rewards, present) : rewards;
  return whiten(credits, present, settings);
}

export default definePlugin({
  kind: 'advantage',
  name: 'batch-norm',
  summary: 'Returns normalised by mean and deviation of the whole batch instead of each group.',
  source: { title: 'REINFORCE++', arxiv: '2501.03262' },
  departures: 'eps stands under the root, as in verl; a KL penalty in the reward is the reward kl-penalty.',
  alsoKnownAs: ['REINFORCE++', 'REINFORCE++-baseline', 'whitening'],
  options,
  check({ over, baseline, gamma }) {
    if (gamma === 1 || (over === 'tokens' && baseline === 'none')) return [];
    return [{ level: 'warning', path: 'gamma', message: 'gamma acts only over tokens and without a baseline.' }];
  },
  create: (settings) => ({ estimate: (inputs) => batchNorm(inputs, settings) }),
});
