import { definePlugin, logRatio, tf, z, type KlInputs, type OptionsOf } from '@dapo/core';

const options = z.strictObject({
  limit: z.number().positive().default(5).describe('distance of the log-probs beyond which a token pulls no more'),
});

/**
 * d²/2 with d = log π − log π_ref held within ±limit: never negative, 0 where the two agree.
 *
 * @returns [responses, tokens]
 * @example logProbs [[-1]], referenceLogProbs [[-1.5]] → [[0.125]]
 */
export function halfSquare(
  { logProbs, referenceLogProbs, mask }: Pick<KlInputs, 'logProbs' | 'referenceLogProbs' | 'mask'>,
  limit: number,
): tf.Tensor2D {
  const distance = tf.clipByValue(logRatio(logProbs, referenceLogProbs, mask), -limit, limit);
  return tf.mul<tf.Tensor2D>(tf.square(distance), 0.5);
}

export default definePlugin({
  kind: 'kl-term',
  name: 'my-kl-term',
  summary: 'Half the squared distance of the log-probs from those of the reference.',
  source: {
    title: 'Approximating KL Divergence (Schulman), k2',
    url: 'http://joschu.net/blog/kl-approx.html',
  },
  departures: 'held at limit²/2, where its gradient is 0',
  options,
  needs: ['reference-log-probs'],
  create: ({ limit }) => ({ perToken: (inputs) => halfSquare(inputs, limit) }),
});

/** With `plugins: ['./plugins/my-kl-term.ts']` in a config, `use: 'my-kl-term'` completes there and its options are checked. */
declare module '@dapo/core' {
  interface PluginCatalogue {
    'my-kl-term': { 'kl-term': { 'my-kl-term': OptionsOf<(typeof import('./my-kl-term.js'))['default']> } };
  }
}
