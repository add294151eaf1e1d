import {
  definePlugin,
  type Guard,
  type Logger,
  type MetricRecorder,
  type PluginRemark,
  type ResolvedConfig,
  tokens,
  z,
} from '@dapo/core';

const options = z.strictObject({
  of: z
    .enum(['old', 'reference'])
    .default('old')
    .describe('KL from the policy before the updates of this rollout, or from the reference of the KL term'),
  max: z.number().positive().default(0.1).describe('nats a token that are too far'),
  action: z
    .enum(['skip-update', 'stop', 'roll-back'])
    .default('skip-update')
    .describe('put the update off, end the run, or go back to the last checkpoint'),
});
type Options = z.output<typeof options>;

const watched = { old: 'loss/approximate-kl', reference: 'loss/reference-kl' } as const;

function check({ of, action }: Options, { loss }: ResolvedConfig): PluginRemark[] {
  if (of === 'old') return [];
  if (!loss.parts['kl']) {
    return [
      {
        level: 'error',
        path: 'of',
        message: 'The loss has no KL term that could be watched.',
        hint: 'name one (loss.kl)',
      },
    ];
  }
  if (action !== 'skip-update') return [];
  const message =
    'Without updates the KL from the reference never falls again: once above max, nothing is learned any more.';
  return [{ level: 'warning', path: 'action', message, hint: 'take stop or roll-back' }];
}

function createGuard({ of, max, action }: Options, recorder: MetricRecorder, logger: Logger): Guard {
  /** Whether it was said that the loss does not report the KL: of an own loss that shows in the run only. */
  let said = false;
  const sayOnce = (): void => {
    if (!said) logger.warn(`It watches the metric ${watched[of]}, which the loss does not report: it never acts.`);
    said = true;
  };
  return {
    check(point, { metrics }) {
      if (point !== 'before-update') return 'continue';
      const kl = metrics[watched[of]];
      if (kl === undefined) {
        sayOnce();
        return 'continue';
      }
      const spikes = kl > max;
      recorder.record('spikes', spikes ? 1 : 0);
      return spikes
        ? { action, reason: `the KL from the ${of} policy is ${kl.toFixed(3)} nats a token, above ${max}` }
        : 'continue';
    },
  };
}

export default definePlugin({
  kind: 'guard',
  name: 'kl-spike',
  summary: 'Puts off the updates of a rollout that would take the policy farther than a bound.',
  source: {
    title: 'Spinning Up, PPO: early stopping',
    url: 'https://spinningup.openai.com/en/latest/algorithms/ppo.html',
  },
  departures: 'judges each mini-batch by itself, and needs no factor of 1.5 on the bound',
  alsoKnownAs: ['target_kl', 'early stopping'],
  options,
  metrics: {
    spikes: {
      over: 'step',
      reduce: 'sum',
      unit: 'updates',
      meaning: 'mini-batches whose KL was above the bound',
      healthy: '0',
      worrying: 'in every step',
      advice: 'lower the learning rate, or take fewer updates a rollout',
    },
  },
  check,
  inject: { metrics: tokens.metrics, logger: tokens.logger },
  create: (settings, { metrics, logger }) => createGuard(settings, metrics, logger),
});
