import { definePlugin, tf } from '@dapo/core';

/**
 * The policy gradient of tokens that the current policy sampled: −A · log π. It knows no ratio.
 *
 * @param advantages [responses, tokens]
 * @param logProbs [responses, tokens]
 * @returns loss [responses, tokens]
 * @example reinforce([[2]], [[-1]]) → [[2]]
 */
export function reinforce(advantages: tf.Tensor2D, logProbs: tf.Tensor2D): tf.Tensor {
  return tf.neg(tf.mul(advantages, logProbs));
}

export default definePlugin({
  kind: 'clip-rule',
  name: 'reinforce',
  summary: 'The plain policy gradient −A·log π, exact on-policy and biased after the first update.',
  source: { title: 'REINFORCE (Williams 1992)', url: 'https://doi.org/10.1007/BF00992696' },
  departures: 'none',
  alsoKnownAs: ['REINFORCE', 'vanilla policy gradient'],
  check: (_, { loss }) =>
    loss.parts['ratio'] === undefined || loss.parts['ratio'].use === 'token'
      ? []
      : [
          {
            level: 'warning',
            message: `It knows no ratio: loss.ratio (${loss.parts['ratio'].use}) has no effect.`,
            hint: 'Take the ratio level out, or another clip rule.',
          },
        ],
  create: () => ({ perToken: ({ advantages, logProbs }) => reinforce(advantages, logProbs) }),
});
