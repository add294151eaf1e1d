import { definePlugin, tokens, z, type OptionsOf } from '@dapo/core';

const options = z.strictObject({
  share: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe('share of the vocabulary that the reference spreads its weight over'),
});

/** log-prob of any token under a uniform distribution over a share of the vocabulary: −log(share · V). */
export function uniformLogProb(vocabularySize: number, share: number): number {
  return 0 - Math.log(share * vocabularySize);
}

/** A reference that knows nothing: KL to it is log V minus the entropy, so that `loss.kl` becomes an entropy bonus. */
export default definePlugin({
  kind: 'signal',
  name: 'my-signal',
  summary: 'Log-probs of the uniform distribution, as a reference that knows nothing.',
  source: { title: 'our own' },
  options,
  provides: ['reference-log-probs'],
  inject: { policy: tokens.policy },
  create: ({ share }, { policy }) => ({
    compute: async ({ responses }) => {
      const width = Math.max(1, ...responses.map(({ tokens: ids }) => ids.length));
      return {
        width,
        values: new Float32Array(responses.length * width).fill(uniformLogProb(policy.traits.vocabularySize, share)),
      };
    },
  }),
});

/** With `plugins: ['./plugins/my-signal.ts']` in a config, `use: 'my-signal'` completes there and its options are checked. */
declare module '@dapo/core' {
  interface PluginCatalogue {
    'my-signal': { signal: { 'my-signal': OptionsOf<(typeof import('./my-signal.js'))['default']> } };
  }
}
