import { definePlugin, logRatio, tf, z, type OptionsOf, type RatioInputs } from '@dapo/core';

const options = z.strictObject({
  limit: z.number().positive().default(2).describe('largest distance of log π from log π_old that is told apart'),
});

/**
 * r = exp(min(max(log π − log π_old, −limit), limit)) for each token; beyond the limit its gradient is 0.
 *
 * @returns [responses, tokens], 1 outside the mask
 */
export function limitedRatio({ logProbs, oldLogProbs, mask }: RatioInputs, limit: number): tf.Tensor2D {
  return tf.exp(tf.clipByValue(logRatio(logProbs, oldLogProbs, mask), -limit, limit));
}

export default definePlugin({
  kind: 'ratio-level',
  name: 'my-ratio-level',
  summary: 'The ratio of each token, its logarithm held within a limit.',
  source: { title: 'PPO', arxiv: '1707.06347', equation: '6' },
  departures: 'the logarithm is held within ±limit',
  options,
  create: ({ limit }) => ({ ratio: (inputs) => limitedRatio(inputs, limit) }),
});

/** With `plugins: ['./plugins/my-ratio-level.ts']` in a config, `use: 'my-ratio-level'` completes there and its options are checked. */
declare module '@dapo/core' {
  interface PluginCatalogue {
    'my-ratio-level': {
      'ratio-level': { 'my-ratio-level': OptionsOf<(typeof import('./my-ratio-level.js'))['default']> };
    };
  }
}
