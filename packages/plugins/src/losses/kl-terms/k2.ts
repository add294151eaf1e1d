import { definePlugin, klPerToken, tf, z } from '@dapo/core';

const options = z.strictObject({
  straightThrough: z.boolean().default(false).describe('The value of this estimate with the gradient of k2'),
  timesRatio: z.boolean().default(false).describe('Times π/π_old: unbiased for tokens that older weights sampled'),
});

/**
 * k2 = (log π − log π_ref)² / 2. Never negative; its expected gradient is the one of KL(π ‖ π_ref).
 *
 * @param difference log π − log π_ref [responses, tokens]
 * @returns [responses, tokens]
 * @example halfSquare([[0.5]]) → [[0.125]]
 */
export function halfSquare(difference: tf.Tensor2D): tf.Tensor2D {
  return tf.mul<tf.Tensor2D>(tf.square(difference), 0.5);
}

export default definePlugin({
  kind: 'kl-term',
  name: 'k2',
  summary: 'KL by half the squared log-ratio: biased in value, with the gradient of the KL divergence itself.',
  source: { title: 'Approximating KL Divergence (Schulman)', url: 'http://joschu.net/blog/kl-approx.html' },
  departures: 'none',
  alsoKnownAs: ['mse'],
  options,
  needs: ['reference-log-probs'],
  create: (form) => ({ perToken: (inputs) => klPerToken(halfSquare, inputs, form) }),
});
