import {
  clipBinds,
  clipCannotAct,
  clipMetricDeclarations,
  clipMetrics,
  clippedSurrogate,
  covarianceTerms,
  definePlugin,
  logRatio,
  selectTop,
  stopGradient,
  tf,
  z,
} from '@dapo/core';
import type { PrepareInputs } from '@dapo/core';
import { approximateKl, approximateKlDeclaration } from './drift/approximate-kl.js';

const options = z.strictObject({
  low: z.number().positive().lt(1).default(0.2).describe('ε_low of the clip'),
  high: z.number().positive().default(0.2).describe('ε_high of the clip'),
  share: z.number().gt(0).max(1).default(2e-4).describe('Share of the tokens that are put out; at least one'),
  least: z.number().default(1).describe('Only tokens whose covariance is above this are put out'),
  most: z.number().default(5).describe('Only tokens whose covariance is below this are put out'),
});
type Options = z.output<typeof options>;

/** Uniform numbers in (0, 1), one for each token: another lot at each update, the same at each repetition. */
function lots({ random, progress, mask }: PrepareInputs): tf.Tensor2D {
  const key = random.key('clip-cov', progress.optimizerStep);
  return tf.tensor2d(
    Float32Array.from({ length: mask.size }, (_, i) => key.uniform(i)),
    mask.shape,
  );
}

/**
 * max(1, ⌊share · tokens⌋) tokens drawn from those with least < (A − mean A)(log π − mean log π) < most that
 * the clip does not hold already, over the whole mini-batch.
 *
 * @returns 0/1 [responses, tokens]
 */
export function drawCovarying(inputs: PrepareInputs, settings: Options): tf.Tensor2D {
  const { advantages, logProbs, oldLogProbs, mask } = inputs;
  const held = clipBinds(tf.exp(logRatio(logProbs, oldLogProbs, mask)), advantages, settings);
  const terms = covarianceTerms(advantages, logProbs, mask);
  const between = tf.logicalAnd(tf.greater(terms, settings.least), tf.less(terms, settings.most));
  const free = tf.logicalAnd(tf.greater(mask, 0), tf.equal(tf.add(held.low, held.high), 0));
  const count = tf.maximum<tf.Scalar>(tf.floor(tf.mul(tf.sum(mask), settings.share)), 1);
  return selectTop(tf.where(tf.logicalAnd(between, free), lots(inputs), tf.fill(mask.shape, -1)), count, 0);
}

export default definePlugin({
  kind: 'loss',
  name: 'clip-cov',
  summary: 'Clipped policy gradient that puts out a few tokens which would cost most entropy.',
  source: { title: 'The Entropy Mechanism of RL for Reasoning Language Models', arxiv: '2505.22617' },
  departures: 'The tokens are drawn over the whole mini-batch; verl and others draw per micro-batch.',
  alsoKnownAs: ['Clip-Cov', 'clip_cov'],
  options,
  needs: ['current-log-probs'],
  metrics: {
    ...clipMetricDeclarations,
    'selected-fraction': {
      over: 'tokens',
      reduce: 'mean',
      unit: 'share',
      meaning: 'tokens put out by their covariance',
      healthy: 'as the option says: some thousandths',
      worrying: 'far from it',
      advice: 'see the option that says the share',
    },
    ...approximateKlDeclaration,
  },
  check: (_, config) => clipCannotAct(config),
  create: (settings) => ({
    prepare: (inputs) => ({ selected: drawCovarying(inputs, settings) }),
    perToken({ logProbs, oldLogProbs, mask, advantages, prepared }) {
      const logRatios = logRatio(logProbs, oldLogProbs, mask);
      const ratio = tf.exp(logRatios);
      const selected = prepared['selected']!;
      return {
        loss: tf.mul(clippedSurrogate(ratio, advantages, settings), tf.sub(1, selected)),
        metrics: {
          ...clipMetrics(clipBinds(ratio, advantages, settings)),
          'selected-fraction': selected,
          'approximate-kl': stopGradient(approximateKl(logRatios)),
        },
      };
    },
  }),
});
