import { definePlugin, klPerToken, z } from '@dapo/core';
import type { tf } from '@dapo/core';

const options = z.strictObject({
  straightThrough: z.boolean().default(false).describe('The value of this estimate with the gradient of k2'),
  timesRatio: z.boolean().default(false).describe('Times π/π_old: unbiased for tokens that older weights sampled'),
});

/**
 * k1 = log π − log π_ref. Unbiased for tokens of π; may be negative.
 *
 * @param difference log π − log π_ref [responses, tokens]
 * @returns [responses, tokens]
 * @example logDifference([[0.5]]) → [[0.5]]
 */
export function logDifference(difference: tf.Tensor2D): tf.Tensor2D {
  return difference;
}

export default definePlugin({
  kind: 'kl-term',
  name: 'k1',
  summary: 'KL by the log-ratio itself: unbiased in value, noisy, and of either sign.',
  source: { title: 'Approximating KL Divergence (Schulman)', url: 'http://joschu.net/blog/kl-approx.html' },
  departures: 'none',
  alsoKnownAs: ['kl', 'log-ratio'],
  options,
  needs: ['reference-log-probs'],
  check: ({ straightThrough, timesRatio }) =>
    straightThrough || timesRatio
      ? []
      : [
          {
            level: 'warning',
            message: 'The gradient of k1 is 0 in expectation on-policy: as a loss it adds noise and no pull.',
            hint: 'Set straightThrough or timesRatio, or use k3 or k2.',
          },
        ],
  create: (form) => ({ perToken: (inputs) => klPerToken(logDifference, inputs, form) }),
});
