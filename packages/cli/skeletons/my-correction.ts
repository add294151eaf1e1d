import { definePlugin, importanceWeights, inside, tf, z, type CorrectionInputs, type OptionsOf } from '@dapo/core';

const options = z.strictObject({
  cap: z.number().positive().default(2).describe('largest weight'),
});

/**
 * w = min(π_old / π_behaviour, cap) for each token, 0 outside the mask.
 *
 * @returns [responses, tokens]
 * @example cappedWeights({ oldLogProbs: [[0]], behaviourLogProbs: [[-1]], mask: [[1]] }, 2) → [[2]]
 */
export function cappedWeights(inputs: CorrectionInputs, cap: number): tf.Tensor2D {
  return tf.minimum<tf.Tensor2D>(importanceWeights(inputs, 'token'), cap);
}

export default definePlugin({
  kind: 'correction',
  name: 'my-correction',
  summary: 'Weights a token by how much likelier the trained weights make it than those that sampled it, up to a cap.',
  source: {
    title: 'Your Efficient RL Framework Secretly Brings You Off-Policy RL Training',
    url: 'https://fengyao.notion.site/off-policy-rl',
  },
  departures: 'none',
  options,
  metrics: {
    capped: { over: 'tokens', reduce: 'mean', unit: 'share', meaning: 'tokens whose weight the cap holds' },
  },
  create: ({ cap }) => ({
    weights(inputs) {
      const held = tf.cast(tf.greater(importanceWeights(inputs, 'token'), cap), 'float32');
      return { weights: cappedWeights(inputs, cap), metrics: { capped: inside(held, inputs.mask) } };
    },
  }),
});

/** With `plugins: ['./plugins/my-correction.ts']` in a config, `use: 'my-correction'` completes there and its options are checked. */
declare module '@dapo/core' {
  interface PluginCatalogue {
    'my-correction': {
      correction: { 'my-correction': OptionsOf<(typeof import('./my-correction.js'))['default']> };
    };
  }
}
