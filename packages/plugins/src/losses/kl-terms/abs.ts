import { absolute, definePlugin, klPerToken, z } from '@dapo/core';
import type { tf } from '@dapo/core';

const options = z.strictObject({
  straightThrough: z.boolean().default(false).describe('The value of this estimate with the gradient of k2'),
  timesRatio: z.boolean().default(false).describe('Times π/π_old: unbiased for tokens that older weights sampled'),
});

/**
 * |log π − log π_ref|.
 *
 * @param difference log π − log π_ref [responses, tokens]
 * @returns [responses, tokens]
 * @example absoluteDifference([[-0.5]]) → [[0.5]]
 */
export function absoluteDifference(difference: tf.Tensor2D): tf.Tensor2D {
  return absolute(difference);
}

export default definePlugin({
  kind: 'kl-term',
  name: 'abs',
  summary: 'The absolute log-ratio: a distance with a gradient of constant size, no KL in value.',
  source: { title: 'Approximating KL Divergence (Schulman)', url: 'http://joschu.net/blog/kl-approx.html' },
  departures: 'none',
  options,
  needs: ['reference-log-probs'],
  create: (form) => ({ perToken: (inputs) => klPerToken(absoluteDifference, inputs, form) }),
});
