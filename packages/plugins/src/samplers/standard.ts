import {
  definePlugin,
  type PluginRemark,
  type ResolvedConfig,
  type SampledBatch,
  type SamplerContext,
  tokens,
} from '@dapo/core';

/** Tries as many prompts as the batch has room for, once; dropped groups leave it smaller. */
export async function sampleOnce(context: SamplerContext): Promise<SampledBatch> {
  const { target, prompts } = context;
  const groups = await context.rollout(await prompts.next(target));
  const kept = groups.filter(({ verdict }) => verdict === 'keep');
  const exhausted = `${groups.length - kept.length} of ${groups.length} groups were dropped`;
  return kept.length === target ? { groups: kept, surplus: 0 } : { groups: kept, surplus: 0, exhausted };
}

/** Dropped groups are not made up for; the presets name the filter that drops them `outcomes`. */
function check(_: object, { filters }: ResolvedConfig): PluginRemark[] {
  if (!('outcomes' in filters)) return [];
  return [
    {
      level: 'warning',
      message: 'filters.outcomes drops groups, and this sampler does not fill the batch up again.',
      hint: 'use a sampler that does (sampler: dynamic), or take the filter out (filters.outcomes: false)',
    },
  ];
}

export default definePlugin({
  kind: 'sampler',
  name: 'standard',
  summary: 'One generation round of as many prompts as the batch has room for.',
  source: { title: 'DeepSeekMath (GRPO)', arxiv: '2402.03300' },
  departures: 'none',
  metrics: {
    kept: {
      over: 'step',
      reduce: 'mean',
      unit: 'groups',
      meaning: 'groups of the batch',
      healthy: 'equals rollout.prompts',
      worrying: 'far fewer',
      advice: 'see what the filters drop; the sampler dynamic fills the batch up',
    },
  },
  inject: { metrics: tokens.metrics },
  check,
  create: (_, { metrics }) => ({
    async next(context) {
      const batch = await sampleOnce(context);
      metrics.record('kept', batch.groups.length);
      return batch;
    },
  }),
});
