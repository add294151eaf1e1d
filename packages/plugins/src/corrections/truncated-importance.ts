import { correctionCannotAct, definePlugin, importanceWeights, inside, maskedMean, tf, z } from '@dapo/core';
import type { CorrectionInputs } from '@dapo/core';

const options = z.strictObject({
  level: z
    .enum(['token', 'sequence'])
    .default('token')
    .describe('One weight per token, or the product over a response'),
  cap: z.number().positive().default(2).describe('C: the largest weight'),
  batchNormalize: z
    .boolean()
    .default(false)
    .describe('Divide by the mean weight of the tokens (of the responses, where level is sequence)'),
});
type Options = z.output<typeof options>;

/** The mean weight of the tokens, or of the responses that have one. */
function meanWeight(weights: tf.Tensor2D, mask: tf.Tensor2D, level: Options['level']): tf.Scalar {
  if (level === 'token') return maskedMean(weights, mask);
  return maskedMean(tf.max(weights, 1), tf.max(mask, 1));
}

/**
 * min(π_old / π_behaviour, C): importance weights that cannot run away, 0 outside the mask.
 *
 * @returns weights [responses, tokens]
 * @example truncatedImportance({ oldLogProbs: [[0]], behaviourLogProbs: [[-1]], mask: [[1]] }, { cap: 2, … })
 * → [[2]]
 */
export function truncatedImportance(inputs: CorrectionInputs, { level, cap, batchNormalize }: Options): tf.Tensor2D {
  const weights = tf.minimum<tf.Tensor2D>(importanceWeights(inputs, level), cap);
  return batchNormalize ? tf.divNoNan(weights, meanWeight(weights, inputs.mask, level)) : weights;
}

export default definePlugin({
  kind: 'correction',
  name: 'truncated-importance',
  summary: 'Weights tokens by how much likelier the trained weights make them than those that sampled, up to a cap.',
  source: {
    title: 'Your Efficient RL Framework Secretly Brings You Off-Policy RL Training',
    url: 'https://fengyao.notion.site/off-policy-rl',
  },
  departures:
    'weighs the KL term and the entropy bonus of the loss, too, where verl and TRL weigh the surrogate alone; level ' +
    'sequence and batchNormalize as verl',
  alsoKnownAs: ['TIS', 'rollout correction'],
  options,
  metrics: {
    'weight-mean': {
      over: 'tokens',
      reduce: 'mean',
      unit: 'ratio',
      meaning: 'importance weight before the cap',
      healthy: 'near 1',
      worrying: 'below 0.9 or above 1.1',
      advice: 'generator and policy differ: update.oldLogProbs=recomputed, fresher groups',
    },
    'weight-max': {
      over: 'tokens',
      reduce: 'max',
      unit: 'ratio',
      meaning: 'largest importance weight before the cap',
      healthy: 'below 10',
      worrying: 'many times the cap',
      advice: 'fresher groups; look whether generator and policy compute the same',
    },
    'truncated-fraction': {
      over: 'tokens',
      reduce: 'mean',
      unit: 'share',
      meaning: 'tokens whose weight the cap holds',
      healthy: 'below 0.05',
      worrying: 'above 0.2',
      advice: 'fresher groups, or a higher cap',
    },
  },
  check: (_, config) => correctionCannotAct(config),
  create: (settings) => ({
    weights(inputs) {
      const raw = importanceWeights(inputs, settings.level);
      const truncated = inside(tf.cast(tf.greater(raw, settings.cap), 'float32'), inputs.mask);
      const metrics = { 'weight-mean': raw, 'weight-max': raw, 'truncated-fraction': truncated };
      return { weights: truncatedImportance(inputs, settings), metrics };
    },
  }),
});
