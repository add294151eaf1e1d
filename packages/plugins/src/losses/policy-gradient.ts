import { definePlugin, logRatio, stopGradient, tf, z } from '@dapo/core';
import type { MetricDeclarations, MetricTensors } from '@dapo/core';
import { approximateKl, approximateKlDeclaration } from './drift/approximate-kl.js';

const options = z.strictObject({
  klCoefficient: z.number().nonnegative().default(0.001).describe('β: factor of the KL term, where there is one'),
  entropyBonus: z.number().nonnegative().default(0).describe('α: factor of the entropy that is subtracted'),
});

const metrics: MetricDeclarations = {
  'ratio-mean': {
    over: 'tokens',
    reduce: 'mean',
    unit: 'ratio',
    meaning: 'probability ratio before any bound',
    healthy: '0.95 to 1.05',
    worrying: 'further from 1',
    advice: 'fewer updates a rollout, or a lower learning rate',
  },
  'ratio-min': {
    over: 'tokens',
    reduce: 'min',
    unit: 'ratio',
    meaning: 'smallest ratio before any bound',
    healthy: '0.3 to 1',
    worrying: 'below 0.1',
    advice: 'fewer updates a rollout, or a lower learning rate',
  },
  'ratio-max': {
    over: 'tokens',
    reduce: 'max',
    unit: 'ratio',
    meaning: 'largest ratio before any bound',
    healthy: '1 to 3',
    worrying: 'above 10',
    advice: 'fewer updates a rollout, a lower learning rate, or the guard ratio-spike',
  },
  ...approximateKlDeclaration,
  'reference-kl': {
    over: 'tokens',
    reduce: 'mean',
    unit: 'nats',
    meaning: 'the KL term, before its coefficient',
    healthy: 'rises slowly',
    worrying: 'rises without end, or stays 0',
    advice: 'raise klCoefficient; 0: the coefficient is so high that nothing is learnt',
  },
};

export interface LossTerms {
  /** What the clip rule gives [responses, tokens]. */
  readonly surrogate: tf.Tensor;
  /** What the KL term gives [responses, tokens]. */
  readonly kl?: tf.Tensor;
  /** Entropy of the policy [responses, tokens]. */
  readonly entropy?: tf.Tensor;
}

/**
 * Loss per token: surrogate + β · kl − α · entropy.
 *
 * @returns [responses, tokens]
 */
export function policyGradient(
  { surrogate, kl, entropy }: LossTerms,
  { klCoefficient, entropyBonus }: z.output<typeof options>,
): tf.Tensor {
  let loss = surrogate;
  if (kl) loss = tf.add(loss, tf.mul(kl, klCoefficient));
  if (entropy && entropyBonus > 0) loss = tf.sub(loss, tf.mul(entropy, entropyBonus));
  return loss;
}

export default definePlugin({
  kind: 'loss',
  name: 'policy-gradient',
  summary: 'Importance-weighted policy gradient, put together from a ratio level, a clip rule and a KL term.',
  source: { title: 'DAPO', arxiv: '2503.14476', equation: '8' },
  departures: 'none; the KL term (GRPO, arXiv 2402.03300 eq. 3) and the entropy bonus are off unless asked for',
  alsoKnownAs: ['PPO', 'GRPO', 'surrogate'],
  options,
  metrics,
  slots: {
    ratio: { kind: 'ratio-level', default: 'token' },
    clip: { kind: 'clip-rule', default: 'clip' },
    kl: { kind: 'kl-term' },
  },
  needs: ({ entropyBonus }) => (entropyBonus > 0 ? ['entropy'] : []),
  create: (settings, { ratio: level, clip, kl: klTerm }) => ({
    perToken(inputs) {
      const ratio = level.ratio(inputs) as tf.Tensor2D;
      const clipped = clip.perToken({ ...inputs, ratio });
      const { loss: surrogate, metrics: clipMetrics } = 'loss' in clipped ? clipped : { loss: clipped };
      const kl = klTerm?.perToken({
        ...inputs,
        ratio,
        referenceLogProbs: inputs.signal('reference-log-probs'),
      });
      const raw = stopGradient(ratio);
      const own: MetricTensors = {
        'ratio-mean': raw,
        'ratio-min': raw,
        'ratio-max': raw,
        'approximate-kl': stopGradient(approximateKl(logRatio(inputs.logProbs, inputs.oldLogProbs, inputs.mask))),
        ...(kl && { 'reference-kl': stopGradient(kl) }),
      };
      return {
        loss: policyGradient({ surrogate, kl, entropy: inputs.entropy }, settings),
        metrics: { ...own, ...clipMetrics },
      };
    },
  }),
});
