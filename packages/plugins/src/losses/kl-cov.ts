import {
  absolute,
  clipCannotAct,
  covarianceTerms,
  definePlugin,
  logRatio,
  selectTop,
  stopGradient,
  tf,
  z,
} from '@dapo/core';
import { approximateKl, approximateKlDeclaration } from './drift/approximate-kl.js';

const options = z.strictObject({
  share: z.number().gt(0).max(1).default(2e-4).describe('Share of the tokens that are held; at least one'),
  coefficient: z.number().nonnegative().default(1).describe('β: factor of the KL penalty on those tokens'),
});

/** Below every covariance. */
const NOWHERE = -3e38;

/**
 * The max(1, ⌊share · tokens⌋) tokens of largest (A − mean A)(log π − mean log π), over the whole mini-batch.
 *
 * @returns 0/1 [responses, tokens]
 */
export function mostCovarying(
  advantages: tf.Tensor2D,
  logProbs: tf.Tensor2D,
  mask: tf.Tensor2D,
  share: number,
): tf.Tensor2D {
  const terms = covarianceTerms(advantages, logProbs, mask);
  const count = tf.maximum<tf.Scalar>(tf.floor(tf.mul(tf.sum(mask), share)), 1);
  return selectTop(tf.where(tf.greater(mask, 0), terms, tf.fill(terms.shape, NOWHERE)), count, NOWHERE / 2);
}

/**
 * −r · A, and on the selected tokens + β · |log r|.
 *
 * @param logRatios log π − log π_old [responses, tokens]
 * @param advantages [responses, tokens]
 * @param selected 0/1 [responses, tokens]
 * @returns loss [responses, tokens]
 * @example klCov([[0.5]], [[1]], [[1]], 1) → [[-1.1487]]
 */
export function klCov(
  logRatios: tf.Tensor2D,
  advantages: tf.Tensor2D,
  selected: tf.Tensor2D,
  coefficient: number,
): tf.Tensor {
  const penalty = tf.mul(tf.mul(absolute(logRatios), selected), coefficient);
  return tf.sub(penalty, tf.mul(tf.exp(logRatios), advantages));
}

export default definePlugin({
  kind: 'loss',
  name: 'kl-cov',
  summary:
    'Policy gradient without a clip that holds the tokens which would cost most entropy close to the old policy.',
  source: { title: 'The Entropy Mechanism of RL for Reasoning Language Models', arxiv: '2505.22617' },
  departures: 'The tokens are chosen over the whole mini-batch; verl and others choose per micro-batch.',
  alsoKnownAs: ['KL-Cov', 'kl_cov'],
  options,
  needs: ['current-log-probs'],
  metrics: {
    'selected-fraction': {
      over: 'tokens',
      reduce: 'mean',
      unit: 'share',
      meaning: 'tokens with the KL penalty',
      healthy: 'as the option says: some thousandths',
      worrying: 'far from it',
      advice: 'see the option that says the share',
    },
    'ratio-max': {
      over: 'tokens',
      reduce: 'max',
      unit: 'ratio',
      meaning: 'largest probability ratio',
      healthy: '1 to 3',
      worrying: 'above 10',
      advice: 'fewer updates a rollout, a lower learning rate, or the guard ratio-spike',
    },
    ...approximateKlDeclaration,
  },
  check: (_, config) => clipCannotAct(config, 'the KL penalty'),
  create: ({ share, coefficient }) => ({
    prepare: ({ advantages, logProbs, mask }) => ({
      selected: mostCovarying(advantages, logProbs, mask, share),
    }),
    perToken({ logProbs, oldLogProbs, mask, advantages, prepared }) {
      const logRatios = logRatio(logProbs, oldLogProbs, mask);
      return {
        loss: klCov(logRatios, advantages, prepared['selected']!, coefficient),
        metrics: {
          'selected-fraction': prepared['selected']!,
          'ratio-max': stopGradient(tf.exp(logRatios)),
          'approximate-kl': stopGradient(approximateKl(logRatios)),
        },
      };
    },
  }),
});
