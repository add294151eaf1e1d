import { definePlugin, type PluginRemark, type ResolvedConfig } from '@dapo/core';

/** A masked response has no loss, so what its reward says of its length is lost on it. */
function check(_: object, { rewards }: ResolvedConfig): PluginRemark[] {
  const punishing = Object.keys(rewards).find((key) => rewards[key]!.use === 'soft-overlong');
  if (punishing === undefined) return [];
  const message = `It masks responses that are cut off, so they never feel the punishment of rewards.${punishing} (soft-overlong).`;
  return [
    {
      level: 'warning',
      message,
      hint: `Take one of the two: set this filter or rewards.${punishing} to false.`,
    },
  ];
}

export default definePlugin({
  kind: 'filter',
  name: 'overlong',
  summary: 'Masks truncated responses: they count in the statistics of their group and carry no loss.',
  source: { title: 'DAPO, Overlong Filtering', arxiv: '2503.14476', equation: 'section 3.4' },
  departures: 'none',
  alsoKnownAs: ['overlong filtering', 'mask_truncated_completions'],
  check,
  create: () => ({
    level: 'response',
    judge: async ({ responses }) =>
      responses.map(({ finish }) =>
        finish === 'length' ? { verdict: 'mask', reason: 'truncated' } : { verdict: 'keep' },
      ),
  }),
});
