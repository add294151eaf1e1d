import { correctionCannotAct, definePlugin, importanceWeights, tf, z } from '@dapo/core';

const options = z.strictObject({
  level: z
    .enum(['token', 'sequence'])
    .default('token')
    .describe('One weight per token, or the product over a response'),
  low: z.number().nonnegative().default(0.5).describe('A smaller weight becomes 0'),
  high: z.number().positive().default(5).describe('A larger weight becomes 0'),
});

/**
 * The weight where low ≤ weight ≤ high, else 0: tokens that the two policies disagree on carry no loss.
 *
 * @param weights π_old / π_behaviour [responses, tokens]
 * @returns [responses, tokens]
 * @example maskedImportance([[0.4, 1, 6]], { low: 0.5, high: 5 }) → [[0, 1, 0]]
 */
export function maskedImportance(weights: tf.Tensor2D, { low, high }: { low: number; high: number }): tf.Tensor2D {
  const trusted = tf.logicalAnd(tf.greaterEqual(weights, low), tf.lessEqual(weights, high));
  return tf.where(trusted, weights, tf.zerosLike(weights));
}

export default definePlugin({
  kind: 'correction',
  name: 'masked-importance',
  summary: 'Importance weights that become 0 where trained weights and sampler disagree too much.',
  source: { title: 'IcePop (Ring-1T)', arxiv: '2510.18855' },
  departures:
    'weighs the KL term and the entropy bonus of the loss, too, not the surrogate alone; masked tokens count in the ' +
    'normaliser. The filter of the same name masks without weighting.',
  alsoKnownAs: ['IcePop', 'MIS'],
  options,
  metrics: {
    'weight-mean': {
      over: 'tokens',
      reduce: 'mean',
      unit: 'ratio',
      meaning: 'importance weight before masking',
      healthy: 'near 1',
      worrying: 'below 0.9 or above 1.1',
      advice: 'generator and policy differ: update.oldLogProbs=recomputed, fresher groups',
    },
    'masked-fraction': {
      over: 'tokens',
      reduce: 'mean',
      unit: 'share',
      meaning: 'tokens whose weight became 0',
      healthy: 'below 0.05',
      worrying: 'above 0.2',
      advice: 'fresher groups, or wider bounds',
    },
  },
  check: (_, config) => correctionCannotAct(config),
  create: ({ level, ...bounds }) => ({
    weights(inputs) {
      const raw = importanceWeights(inputs, level);
      const weights = maskedImportance(raw, bounds);
      const masked = tf.sub(inputs.mask, tf.cast(tf.greater(weights, 0), 'float32'));
      return { weights, metrics: { 'weight-mean': raw, 'masked-fraction': masked } };
    },
  }),
});
