import { definePlugin, klPerToken, tf, z } from '@dapo/core';

const options = z.strictObject({
  straightThrough: z.boolean().default(false).describe('The value of this estimate with the gradient of k2'),
  timesRatio: z.boolean().default(false).describe('Times π/π_old: unbiased for tokens that older weights sampled'),
});

/**
 * k3 = π_ref/π − log(π_ref/π) − 1 = exp(−d) + d − 1 with d = log π − log π_ref. Unbiased, never negative.
 *
 * @param difference log π − log π_ref [responses, tokens]
 * @returns [responses, tokens]
 * @example lowVariance([[0.5]]) → [[0.1065]]
 */
export function lowVariance(difference: tf.Tensor2D): tf.Tensor2D {
  return tf.sub<tf.Tensor2D>(tf.add(tf.exp(tf.neg(difference)), difference), 1);
}

export default definePlugin({
  kind: 'kl-term',
  name: 'k3',
  summary: 'KL by the estimate of low variance, unbiased in value and never negative (GRPO).',
  source: { title: 'Approximating KL Divergence (Schulman)', url: 'http://joschu.net/blog/kl-approx.html' },
  departures: 'd is held within ±20; verl also caps the value at 10',
  alsoKnownAs: ['low_var_kl', 'GRPO'],
  options,
  needs: ['reference-log-probs'],
  create: (form) => ({ perToken: (inputs) => klPerToken(lowVariance, inputs, form) }),
});
