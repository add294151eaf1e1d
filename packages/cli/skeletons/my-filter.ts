import { definePlugin, responseLength, z, type Group, type Judgement, type OptionsOf } from '@dapo/core';

const options = z.strictObject({
  least: z.int().min(0).default(2).describe('tokens that a response needs to carry loss'),
});

/** Shorter responses are masked: they count in the statistics of their group and carry no loss. */
export function judgeLengths({ responses }: Pick<Group, 'responses'>, least: number): Judgement[] {
  return responses.map((response) =>
    responseLength(response) < least ? { verdict: 'mask', reason: 'short' } : { verdict: 'keep' },
  );
}

export default definePlugin({
  kind: 'filter',
  name: 'my-filter',
  summary: 'Masks responses that are too short.',
  source: { title: 'our own' },
  options,
  // The other levels are 'group' (one judgement a group, on raw scores) and 'token' (a 0/1 tensor, `select`).
  create: ({ least }) => ({ level: 'response', judge: async (group) => judgeLengths(group, least) }),
});

/** With `plugins: ['./plugins/my-filter.ts']` in a config, `use: 'my-filter'` completes there and its options are checked. */
declare module '@dapo/core' {
  interface PluginCatalogue {
    'my-filter': { filter: { 'my-filter': OptionsOf<(typeof import('./my-filter.js'))['default']> } };
  }
}
