import { definePlugin, tokens, z, type OptionsOf, type RewardItem, type RewardValue } from '@dapo/core';

const options = z.strictObject({
  right: z.number().default(1).describe('reward of a response that contains the reference'),
  wrong: z.number().default(0).describe('reward of any other'),
});

/** Right where the response contains the reference; null, which is «can't be scored», where the prompt has none. */
export function judge(
  { prompt, response }: Pick<RewardItem, 'prompt' | 'response'>,
  { right, wrong }: z.output<typeof options>,
): RewardValue {
  if (prompt.reference === undefined) return null;
  const correct = response.text.includes(prompt.reference);
  return { reward: correct ? right : wrong, correct, answer: correct ? prompt.reference : null };
}

export default definePlugin({
  kind: 'reward',
  name: 'my-reward',
  summary: 'Scores whether a response contains the reference.',
  source: { title: 'our own' },
  options,
  provides: ['correct'],
  metrics: {
    empty: { over: 'responses', reduce: 'mean', unit: 'share', meaning: 'responses without any text' },
  },
  inject: { metrics: tokens.metrics },
  // One call for the whole batch; it may be async, and ask a service.
  create: (settings, { metrics }) => ({
    score: (batch) =>
      batch.map((item) => {
        metrics.record('empty', item.response.text.trim() === '' ? 1 : 0);
        return judge(item, settings);
      }),
  }),
});

/** With `plugins: ['./plugins/my-reward.ts']` in a config, `use: 'my-reward'` completes there and its options are checked. */
declare module '@dapo/core' {
  interface PluginCatalogue {
    'my-reward': { reward: { 'my-reward': OptionsOf<(typeof import('./my-reward.js'))['default']> } };
  }
}
