import {
  definePlugin,
  tokens,
  z,
  type Group,
  type OptionsOf,
  type SampledBatch,
  type SamplerContext,
} from '@dapo/core';

const options = z.strictObject({
  rounds: z.int().min(1).default(3).describe('generation rounds a step may take at most'),
});

/** Tries as many prompts as are missing, again and again, until the batch is full or the rounds are used up. */
export async function fillUp(
  context: SamplerContext,
  rounds: number,
): Promise<SampledBatch & { readonly rounds: number }> {
  const groups: Group[] = [];
  let round = 0;
  for (; round < rounds && groups.length < context.target; round++) {
    const prompts = await context.prompts.next(context.target - groups.length);
    if (prompts.length === 0) break;
    groups.push(...(await context.rollout(prompts)).filter(({ verdict }) => verdict === 'keep'));
  }
  const full = groups.length === context.target;
  return {
    groups,
    surplus: 0,
    rounds: round,
    ...(!full && { exhausted: `${groups.length} groups in ${round} rounds` }),
  };
}

export default definePlugin({
  kind: 'sampler',
  name: 'my-sampler',
  summary: 'Tries new prompts for those that were dropped, for a few rounds.',
  source: { title: 'DAPO, Dynamic Sampling', arxiv: '2503.14476', equation: '11' },
  departures: 'a limit on rounds, and only as many prompts as are missing',
  options,
  metrics: {
    rounds: { over: 'step', reduce: 'mean', unit: 'rounds', meaning: 'generation rounds of the step' },
  },
  inject: { metrics: tokens.metrics },
  create: ({ rounds }, { metrics }) => ({
    async next(context) {
      const { rounds: taken, ...batch } = await fillUp(context, rounds);
      metrics.record('rounds', taken);
      return batch;
    },
  }),
});

/** With `plugins: ['./plugins/my-sampler.ts']` in a config, `use: 'my-sampler'` completes there and its options are checked. */
declare module '@dapo/core' {
  interface PluginCatalogue {
    'my-sampler': { sampler: { 'my-sampler': OptionsOf<(typeof import('./my-sampler.js'))['default']> } };
  }
}
