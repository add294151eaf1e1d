import {
  copyGroup,
  definePlugin,
  type Group,
  groupsFromJson,
  groupsToJson,
  type Json,
  type MetricRecorder,
  type PluginRemark,
  type Random,
  type ResolvedConfig,
  type Sampler,
  tokens,
  z,
} from '@dapo/core';

const options = z.strictObject({
  share: z.number().gt(0).lt(1).default(0.25).describe('share of a batch that is taken from earlier steps, at most'),
  maxAge: z.int().positive().default(4).describe('rollout steps after which a group is forgotten'),
});
type Options = z.output<typeof options>;

/** A group as its step gave it, and that step. */
interface Remembered {
  readonly step: number;
  readonly group: Group;
}

/** Whether there is something to learn from a group: its scores are not all the same. */
function isLive({ responses }: Group): boolean {
  return responses.some(({ score }) => score !== responses[0]!.score);
}

interface Dependencies {
  readonly inner: Sampler;
  readonly random: Random;
  readonly metrics: MetricRecorder;
}

function createSampler({ share, maxAge }: Options, { inner, random, metrics }: Dependencies): Sampler {
  let remembered: Remembered[] = [];

  function chooseFor(step: number, target: number): Remembered[] {
    remembered = remembered.filter((entry) => step - entry.step <= maxAge);
    const count = Math.min(remembered.length, Math.floor(share * target));
    const chosen = random.key('replay', step).permutation(remembered.length).slice(0, count);
    return [...chosen].sort((a, b) => a - b).map((index) => remembered[index]!);
  }

  return {
    async next(context) {
      const { target, step } = context;
      const again = chooseFor(step, target);
      const batch = await inner.next({ ...context, target: target - again.length });
      // The step writes shaped rewards into what it is given: what is remembered stays as the rewards of the task left it.
      remembered.push(...batch.groups.filter(isLive).map((group) => ({ step, group: copyGroup(group) })));
      const groups = [...batch.groups, ...again.map(({ group }) => copyGroup(group))];
      metrics.record('replayed-share', groups.length === 0 ? 0 : again.length / groups.length);
      metrics.record('remembered', remembered.length);
      for (const entry of again) metrics.record('age', step - entry.step);
      return { ...batch, groups };
    },
    state: () => ({
      json: {
        steps: remembered.map(({ step }) => step),
        groups: groupsToJson(remembered.map(({ group }) => group)),
      },
    }),
    restore: ({ json }) => {
      const { steps, groups } = json as { readonly steps: readonly number[]; readonly groups: Json };
      remembered = groupsFromJson(groups).map((group, i) => ({ step: steps[i]!, group }));
    },
  };
}

/** Without both, the clip rule holds on to the policy that sampled, steps ago. */
function check(_: Options, { correction, update }: ResolvedConfig): PluginRemark[] {
  if (correction && update.oldLogProbs === 'recomputed') return [];
  return [
    {
      level: 'warning',
      message: 'Groups of earlier steps are trained on as if the policy of this step had sampled them.',
      hint: "weight them: correction: 'truncated-importance' and update.oldLogProbs: recomputed",
    },
  ];
}

export default definePlugin({
  kind: 'sampler',
  name: 'replay',
  summary: 'Fills a part of each batch with live groups of the last steps, so that they are learned from again.',
  source: { title: 'RePO', arxiv: '2506.09340' },
  departures:
    'Whole groups are replayed beside fresh ones and keep the advantages within them, where the paper adds replayed ' +
    'responses to the prompts of the batch; they are drawn evenly among those of the last steps.',
  alsoKnownAs: ['experience replay', 'RePO', 'replay buffer'],
  options,
  metrics: {
    'replayed-share': {
      over: 'step',
      reduce: 'mean',
      unit: 'share',
      meaning: 'groups of the batch taken from earlier steps',
      healthy: 'as the options say',
      worrying: 'higher: nothing new is live',
      advice: 'change the data',
    },
    remembered: {
      over: 'step',
      reduce: 'mean',
      unit: 'groups',
      meaning: 'live groups that the next steps may take',
      healthy: 'steady',
      worrying: '0',
      advice: 'nothing live is found: see rollout/live-groups',
    },
    age: {
      over: 'groups',
      reduce: 'mean',
      unit: 'rollout steps',
      meaning: 'how long ago the replayed groups were sampled',
      healthy: 'a few steps',
      worrying: 'as old as the run',
      advice: 'lower the greatest age, or add a correction',
    },
  },
  slots: { inner: { kind: 'sampler', default: 'standard' } },
  inject: { random: tokens.random, metrics: tokens.metrics },
  check,
  create: createSampler,
});
