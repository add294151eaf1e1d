import {
  definePlugin,
  type Group,
  groupsFromJson,
  groupsToJson,
  type Json,
  type MetricDeclarations,
  type MetricRecorder,
  type PluginRemark,
  type ResolvedConfig,
  type SampledBatch,
  type Sampler,
  type SamplerContext,
  samplerExhausted,
  type State,
  tokens,
  z,
} from '@dapo/core';
import { describeExhaustion, takeZeroGroups } from './dynamic/exhaustion.js';
import { LiveShare } from './dynamic/live-share.js';
import { isKept, type Tried, tryPrompts } from './dynamic/try-prompts.js';

const options = z.strictObject({
  maxRounds: z.int().positive().default(10).describe('generation rounds before giving up on a full batch'),
  maxPromptsPerRound: z
    .int()
    .positive()
    .optional()
    .describe('most prompts of one round, which bounds memory; by default twice the batch'),
  onExhaustion: z
    .enum(['error', 'train-partial', 'keep-zero'])
    .default('train-partial')
    .describe('when giving up: stop, train on what there is, or fill up with groups of equal scores'),
  surplus: z
    .enum(['discard', 'carry'])
    .default('discard')
    .describe('kept groups beyond a full batch: thrown away, or the first ones of the next batch'),
});
type Options = z.output<typeof options>;

const step = { over: 'step', reduce: 'mean' } as const;
const metrics: MetricDeclarations = {
  rounds: {
    ...step,
    unit: 'rounds',
    meaning: 'generation rounds of the step',
    healthy: '1 to 3',
    worrying: 'rising to maxRounds',
    advice: 'most prompts are too easy or too hard: change the data',
  },
  'prompts-tried': {
    ...step,
    unit: 'prompts',
    meaning: 'prompts of all rounds',
    healthy: 'one to three times rollout.prompts',
    worrying: 'many times rollout.prompts',
    advice: 'change the data, or use the sampler curriculum',
  },
  'live-share': {
    ...step,
    unit: 'share',
    meaning: 'groups kept of those tried',
    healthy: '0.3 to 0.9',
    worrying: 'near 0: nearly all that is sampled is thrown away',
    advice: 'change the difficulty of the data, or make groups larger',
  },
  kept: {
    ...step,
    unit: 'groups',
    meaning: 'groups of the batch',
    healthy: 'equals rollout.prompts',
    worrying: 'far fewer',
    advice: 'see what the filters drop; the sampler dynamic fills the batch up',
  },
  carried: {
    ...step,
    unit: 'groups',
    meaning: 'surplus that the next batch begins with',
    healthy: 'small beside the batch',
    worrying: 'nearly a whole batch',
    advice: 'lower maxPromptsPerRound',
  },
  'stale-share': {
    ...step,
    unit: 'share',
    meaning: 'groups of the batch that an earlier step sampled',
    healthy: 'below 0.3',
    worrying: 'near 1: the ratio is far from 1',
    advice: 'use surplus: discard, the filter max-staleness, or a correction',
  },
};

class DynamicSampler implements Sampler {
  private readonly liveShare = new LiveShare();
  /** Kept groups of earlier steps, for the next ones. */
  private carried: readonly Group[] = [];

  constructor(
    private readonly settings: Options,
    private readonly metrics: MetricRecorder,
  ) {}

  async next(context: SamplerContext): Promise<SampledBatch> {
    const { target } = context;
    // Fewer than a batch, so that every step generates; a sampler around this one may have made the batch smaller.
    const stale = this.carried.slice(0, target - 1);
    const waiting = this.carried.slice(target - 1);
    const needed = target - stale.length;
    const tried = await tryPrompts(context, needed, this.liveShare, this.settings);
    const exhausted = this.makeUp(tried, stale.length, context);
    const kept = tried.groups.filter(isKept);
    const groups = [...stale, ...kept.slice(0, needed)];
    const surplus = kept.slice(needed);
    const room = Math.max(waiting.length, target - 1);
    this.carried = this.settings.surplus === 'carry' ? [...waiting, ...surplus].slice(0, room) : [];

    this.metrics.record('rounds', tried.rounds);
    this.metrics.record('prompts-tried', tried.groups.length);
    this.metrics.record('kept', groups.length);
    this.metrics.record('carried', this.carried.length);
    this.metrics.record('stale-share', groups.length === 0 ? 0 : stale.length / groups.length);
    return { groups, surplus: surplus.length, ...(exhausted !== undefined && { exhausted }) };
  }

  /** What happens where the rounds gave too few groups; says why, undefined where the batch is full. */
  private makeUp(tried: Tried, stale: number, { target, step }: SamplerContext): string | undefined {
    const kept = tried.groups.filter(isKept).length;
    this.metrics.record('live-share', tried.groups.length === 0 ? 0 : kept / tried.groups.length);
    if (stale + kept >= target) return undefined;
    const exhausted = describeExhaustion(tried, target, stale);
    if (this.settings.onExhaustion === 'error') throw samplerExhausted(`step ${step + 1}: ${exhausted}`);
    if (this.settings.onExhaustion === 'keep-zero') takeZeroGroups(tried.groups, target - stale - kept);
    return exhausted;
  }

  state(): State {
    return { json: { liveShare: this.liveShare.json, carried: groupsToJson(this.carried) } };
  }

  restore({ json }: State): void {
    const { liveShare, carried } = json as { liveShare: LiveShare['json']; carried: Json };
    this.liveShare.json = liveShare;
    this.carried = groupsFromJson(carried);
  }
}

function check(_: Options, { filters }: ResolvedConfig): PluginRemark[] {
  if (Object.keys(filters).length > 0) return [];
  return [
    {
      level: 'warning',
      message: 'No filter drops groups, so dynamic sampling has nothing to make up for.',
      hint: 'add one (filters.outcomes), or use sampler: standard',
    },
  ];
}

export default definePlugin({
  kind: 'sampler',
  name: 'dynamic',
  summary: 'Keeps sampling until the batch is full of groups that the filters keep.',
  source: { title: 'DAPO', arxiv: '2503.14476', equation: '11' },
  departures:
    'the paper puts no bound on rounds; here they end at maxRounds. A round tries as many prompts as the measured share ' +
    'of live groups asks for, where the authors’ code always tries the same number. Surplus groups are discarded, as ' +
    'verl does, or carried, as OpenRLHF does: older weights have sampled those, and their first ratio is not 1.',
  alsoKnownAs: ['dynamic sampling', 'filter_groups', 'refill'],
  options,
  metrics,
  inject: { metrics: tokens.metrics },
  check,
  create: (settings, deps) => new DynamicSampler(settings, deps.metrics),
});
