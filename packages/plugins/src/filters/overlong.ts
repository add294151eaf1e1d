import { definePlugin } from '@dapo/core';

export default definePlugin({
  kind: 'filter',
  name: 'overlong',
  summary: 'Masks truncated responses: they count in the statistics of their group and carry no loss.',
  source: { title: 'DAPO, Overlong Filtering', arxiv: '2503.14476', equation: 'section 3.4' },
  departures: 'none',
  alsoKnownAs: ['overlong filtering', 'mask_truncated_completions'],
  create: () => ({
    level: 'response',
    judge: async ({ responses }) =>
      responses.map(({ finish }) =>
        finish === 'length' ? { verdict: 'mask', reason: 'truncated' } : { verdict: 'keep' },
      ),
  }),
});
