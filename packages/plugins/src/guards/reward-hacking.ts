import { definePlugin, type Guard, type MetricRecorder, Patience, tokens, z } from '@dapo/core';

const options = z.strictObject({
  of: z
    .enum(['reward/mean', 'rollout/score'])
    .default('reward/mean')
    .describe('the reward: shaped, on the groups trained on, or of the task alone, on all responses'),
  patience: z.int().positive().default(2).describe('evaluations in a row before it acts'),
  action: z.enum(['stop', 'roll-back']).default('stop').describe('end the run, or go back to the last checkpoint'),
});
type Options = z.output<typeof options>;

/** Held-out accuracy and the mean reward of the steps since the evaluation before. */
interface Evaluated {
  readonly accuracy: number;
  /** Upper end of the 95 % interval of the accuracy. */
  readonly high: number;
  /** Undefined before the first step. */
  readonly reward?: number;
}

/**
 * Whether the reward has risen since the best evaluation while the accuracy has fallen, by more than chance.
 *
 * @example isHacking({ accuracy: 0.3, high: 0.35, reward: 0.9 }, { accuracy: 0.5, high: 0.55, reward: 0.2 }) → true
 */
export function isHacking(now: Evaluated, best: Evaluated): boolean {
  return now.reward !== undefined && best.reward !== undefined && now.reward > best.reward && now.high < best.accuracy;
}

function createGuard({ of, patience: limit, action }: Options, recorder: MetricRecorder): Guard {
  const patience = new Patience(limit);
  let best: Evaluated | undefined;
  let suspicious = false;
  let rewards: readonly number[] = [];

  function learn(reward: number): void {
    rewards = [...rewards, reward];
    // The first evaluation comes before any step: the reward of the weights it judged is that of the step after it.
    if (best && best.reward === undefined) best = { ...best, reward };
    recorder.record('suspicious', suspicious ? 1 : 0);
  }

  function judge(accuracy: number, high: number): boolean {
    const reward = rewards.length === 0 ? undefined : rewards.reduce((a, b) => a + b, 0) / rewards.length;
    rewards = [];
    const now: Evaluated = { accuracy, high, ...(reward !== undefined && { reward }) };
    if (!best || accuracy >= best.accuracy) best = now;
    suspicious = isHacking(now, best);
    return patience.usedUp(suspicious);
  }

  return {
    check(point, { metrics }) {
      const { [of]: reward, 'evaluation/accuracy': accuracy, 'evaluation/accuracy-high': high } = metrics;
      if (point === 'updated' && reward !== undefined) learn(reward);
      if (point !== 'evaluated' || accuracy === undefined || high === undefined) return 'continue';
      if (!judge(accuracy, high)) return 'continue';
      const reason = `the reward rises while held-out accuracy falls, for ${limit} evaluations: the reward is being gamed`;
      return { action, reason };
    },
    state: () => ({
      json: { best: best ? { ...best } : null, suspicious, rewards, patience: patience.state().json },
    }),
    restore: ({ json }) => {
      const saved = json as unknown as {
        best: Evaluated | null;
        suspicious: boolean;
        rewards: number[];
        patience: { times: number };
      };
      [best, suspicious, rewards] = [saved.best ?? undefined, saved.suspicious, saved.rewards];
      patience.restore({ json: saved.patience });
    },
  };
}

export default definePlugin({
  kind: 'guard',
  name: 'reward-hacking',
  summary: 'Acts when the reward goes up while held-out accuracy goes down: the policy has found a hole in the reward.',
  source: { title: 'Scaling Laws for Reward Model Overoptimization', arxiv: '2210.10760' },
  departures: 'watches two curves of one run; a fall counts from beyond the 95 % interval of the accuracy',
  alsoKnownAs: ['overoptimization'],
  options,
  metrics: {
    suspicious: {
      over: 'step',
      reduce: 'mean',
      unit: 'share',
      meaning: '1 where the last evaluation was worse than the best one at a higher reward',
      healthy: '0',
      worrying: '1',
      advice: 'read completions with a high reward, and mend the reward',
    },
  },
  check: (_, { prompts, evaluation }) =>
    prompts.heldOut && evaluation.every > 0
      ? []
      : [
          {
            level: 'warning',
            message: 'Nothing is evaluated, so it has nothing to judge by.',
            hint: 'give prompts.heldOut',
          },
        ],
  inject: { metrics: tokens.metrics },
  create: (settings, { metrics }) => createGuard(settings, metrics),
});
