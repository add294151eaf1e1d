import { definePlugin, tf, z, type OptionsOf } from '@dapo/core';

const options = z.strictObject({
  entropyWeight: z.number().min(0).default(0).describe('β: how much the entropy of a token is worth'),
});

/**
 * L = −A · log π − β · H for each token: REINFORCE, with an entropy bonus. Weighting the tokens is the aggregation's.
 *
 * @param logProbs log π [responses, tokens]
 * @param advantages [responses, tokens]
 * @param entropy H [responses, tokens]; only where β is above 0
 * @returns [responses, tokens]
 */
export function reinforceLoss(
  logProbs: tf.Tensor2D,
  advantages: tf.Tensor2D,
  entropyWeight: number,
  entropy?: tf.Tensor2D,
): tf.Tensor2D {
  const loss = tf.neg(tf.mul<tf.Tensor2D>(advantages, logProbs));
  return entropy ? tf.sub(loss, tf.mul(entropy, entropyWeight)) : loss;
}

export default definePlugin({
  kind: 'loss',
  name: 'my-loss',
  summary: 'REINFORCE: the plain policy gradient, with an entropy bonus.',
  source: {
    title: 'Simple Statistical Gradient-Following Algorithms (Williams)',
    url: 'https://doi.org/10.1007/BF00992696',
  },
  departures: 'none; it knows no old policy, so take one update a rollout',
  options,
  needs: ({ entropyWeight }) => (entropyWeight > 0 ? ['entropy'] : []),
  metrics: {
    surprise: {
      over: 'tokens',
      reduce: 'mean',
      unit: 'nats',
      meaning: 'how unlikely the policy found its own tokens: −log π',
    },
  },
  create: ({ entropyWeight }) => ({
    perToken: ({ logProbs, advantages, entropy }) => ({
      loss: reinforceLoss(logProbs, advantages, entropyWeight, entropyWeight > 0 ? entropy : undefined),
      metrics: { surprise: tf.neg(logProbs) },
    }),
  }),
});

/** With `plugins: ['./plugins/my-loss.ts']` in a config, `use: 'my-loss'` completes there and its options are checked. */
declare module '@dapo/core' {
  interface PluginCatalogue {
    'my-loss': { loss: { 'my-loss': OptionsOf<(typeof import('./my-loss.js'))['default']> } };
  }
}
