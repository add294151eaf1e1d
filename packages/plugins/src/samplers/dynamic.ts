import {
  definePlugin,
  type Group,
  type Logger,
  type MetricRecorder,
  type PluginRemark,
  type Prompt,
  type ResolvedConfig,
  type SampledBatch,
  type Sampler,
  type SamplerContext,
  samplerExhausted,
  tokens,
  z,
} from '@dapo/core';

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
});
type Options = z.output<typeof options>;

/** How much less a round counts than the one after it in the running estimate. */
const DECAY = 0.8;

/** Share of prompts whose group is kept: a running estimate over rounds and steps, 1 before the first round. */
export class LiveShare {
  private kept = 0;
  private tried = 0;

  add(kept: number, tried: number): void {
    this.kept = DECAY * this.kept + kept;
    this.tried = DECAY * this.tried + tried;
  }

  get value(): number {
    return this.tried === 0 ? 1 : this.kept / this.tried;
  }

  get json(): { kept: number; tried: number } {
    return { kept: this.kept, tried: this.tried };
  }

  set json({ kept, tried }: { kept: number; tried: number }) {
    [this.kept, this.tried] = [kept, tried];
  }
}

/**
 * How many prompts a round tries: as many as fill the batch at this share, at most `most`.
 *
 * @example promptsToTry(8, 0.25, 64) → 32
 */
export function promptsToTry(missing: number, liveShare: number, most: number): number {
  return Math.min(most, Math.ceil(missing / liveShare));
}

interface Tried {
  /** In prompt order. */
  readonly groups: readonly Group[];
  readonly rounds: number;
  readonly dry: boolean;
}

const isKept = ({ verdict }: Group): boolean => verdict === 'keep';

/** Rounds of prompts until `target` groups are kept, the rounds are used up or the prompts run dry. */
export async function tryPrompts(
  context: SamplerContext,
  liveShare: LiveShare,
  settings: Options,
): Promise<Tried> {
  const { target } = context;
  const most = settings.maxPromptsPerRound ?? 2 * target;
  const groups: Group[] = [];
  let rounds = 0;
  let dry = false;
  for (let kept = 0; kept < target && rounds < settings.maxRounds && !dry; rounds++) {
    const wanted = promptsToTry(target - kept, liveShare.value, most);
    const prompts = await context.prompts.next(wanted);
    dry = prompts.length < wanted;
    if (prompts.length === 0) break;
    const round = inPromptOrder(await context.rollout(prompts), prompts);
    const live = round.filter(isKept).length;
    liveShare.add(live, round.length);
    groups.push(...round);
    kept += live;
  }
  return { groups, rounds, dry };
}

/** A generator may give groups back as they finish; the order in which they are used must not depend on that. */
function inPromptOrder(groups: readonly Group[], prompts: readonly Prompt[]): Group[] {
  const key = ({ id, visit }: Prompt): string => `${visit} ${id}`;
  const places = new Map(prompts.map((prompt, place) => [key(prompt), place]));
  return [...groups].sort((x, y) => places.get(key(x.prompt))! - places.get(key(y.prompt))!);
}

/** Groups without a gradient, to fill a batch up with: every response has the same score. */
function takeZeroGroups(groups: readonly Group[], count: number): Group[] {
  const zero = groups.filter(({ verdict, responses }) => verdict === 'drop' && haveEqualScores(responses));
  const taken = zero.slice(0, count);
  for (const group of taken) [group.verdict, group.reason] = ['keep', undefined];
  return taken;
}

function haveEqualScores(responses: Group['responses']): boolean {
  return responses.length > 0 && responses.every(({ score }) => score === responses[0]!.score);
}

/**
 * Why a batch isn't full.
 *
 * @example '5 of 32 groups (rounds: 10, prompts: 320); dropped: all right 250, all wrong 65'
 */
export function describeExhaustion({ groups, rounds, dry }: Tried, target: number): string {
  const reasons = new Map<string, number>();
  for (const { verdict, reason = 'no reason given' } of groups) {
    if (verdict === 'drop') reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const dropped = [...reasons].map(([reason, count]) => `${reason} ${count}`).join(', ') || 'none';
  const kept = groups.filter(isKept).length;
  const end = dry ? ', and the prompts ran dry' : '';
  return `${kept} of ${target} groups (rounds: ${rounds}, prompts: ${groups.length}${end}); dropped: ${dropped}`;
}

function createSampler(settings: Options, metrics: MetricRecorder, logger: Logger): Sampler {
  const liveShare = new LiveShare();
  return {
    async next(context): Promise<SampledBatch> {
      const { target, step } = context;
      const tried = await tryPrompts(context, liveShare, settings);
      const kept = tried.groups.filter(isKept);
      metrics.record('rounds', tried.rounds);
      metrics.record('prompts-tried', tried.groups.length);
      metrics.record('live-share', tried.groups.length === 0 ? 0 : kept.length / tried.groups.length);
      metrics.record('surplus', Math.max(0, kept.length - target));
      metrics.record('kept', Math.min(kept.length, target));
      if (kept.length >= target) return { groups: kept.slice(0, target), surplus: kept.length - target };

      const exhausted = describeExhaustion(tried, target);
      if (settings.onExhaustion === 'error') throw samplerExhausted(`step ${step + 1}: ${exhausted}`);
      logger.warn(`the batch of step ${step + 1} is not full: ${exhausted}`);
      if (settings.onExhaustion === 'keep-zero') takeZeroGroups(tried.groups, target - kept.length);
      return { groups: tried.groups.filter(isKept), surplus: 0, exhausted };
    },
    state: () => ({ json: liveShare.json }),
    restore: ({ json }) => {
      liveShare.json = json as LiveShare['json'];
    },
  };
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
    'of live groups asks for, where the authors’ code always tries the same number. Surplus groups are discarded.',
  alsoKnownAs: ['dynamic sampling', 'filter_groups', 'refill'],
  options,
  metrics: {
    rounds: { over: 'step', reduce: 'mean', unit: 'rounds', meaning: 'generation rounds of the step' },
    'prompts-tried': { over: 'step', reduce: 'mean', unit: 'prompts', meaning: 'prompts of all rounds' },
    'live-share': { over: 'step', reduce: 'mean', unit: 'share', meaning: 'groups kept of those tried' },
    surplus: {
      over: 'step',
      reduce: 'mean',
      unit: 'groups',
      meaning: 'kept groups that the batch had no room for',
    },
    kept: { over: 'step', reduce: 'mean', unit: 'groups', meaning: 'groups of the batch' },
  },
  inject: { metrics: tokens.metrics, logger: tokens.logger },
  check,
  create: (settings, { metrics, logger }) => createSampler(settings, metrics, logger),
});
