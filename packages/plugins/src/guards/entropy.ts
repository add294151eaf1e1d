import { definePlugin, type Guard, type MetricRecorder, Patience, type PluginRemark, tokens, z } from '@dapo/core';

const options = z.strictObject({
  low: z
    .number()
    .nonnegative()
    .default(0.01)
    .describe('nats a token below which the policy has collapsed; 0: no bound'),
  high: z.number().positive().optional().describe('nats a token above which it has fallen apart; by default no bound'),
  patience: z.int().positive().default(3).describe('rollout steps in a row outside the bounds before it acts'),
  action: z.enum(['stop', 'roll-back']).default('stop').describe('end the run, or go back to the last checkpoint'),
});
type Options = z.output<typeof options>;

/**
 * What is wrong with an entropy; undefined where it lies within the bounds.
 *
 * @example describeEntropy(0.001, { low: 0.01 }) → 'the entropy is 0.001 nats a token, below 0.01'
 */
export function describeEntropy(
  entropy: number,
  { low, high = Infinity }: Pick<Options, 'low' | 'high'>,
): string | undefined {
  if (entropy >= low && entropy <= high) return undefined;
  const bound = entropy < low ? `below ${low}` : `above ${high}`;
  return `the entropy is ${Number(entropy.toPrecision(3))} nats a token, ${bound}`;
}

function createGuard(settings: Options, metrics: MetricRecorder): Guard {
  const patience = new Patience(settings.patience);
  return {
    check(point, facts) {
      const entropy = facts.metrics['policy/entropy'];
      if (point !== 'updated' || entropy === undefined) return 'continue';
      const wrong = describeEntropy(entropy, settings);
      metrics.record('outside', wrong === undefined ? 0 : 1);
      if (!patience.usedUp(wrong !== undefined)) return 'continue';
      return { action: settings.action, reason: `${wrong!}, for ${settings.patience} steps in a row` };
    },
    state: () => patience.state(),
    restore: (state) => patience.restore(state),
  };
}

function check({ low, high }: Options): PluginRemark[] {
  if (high === undefined || high > low) return [];
  return [{ level: 'error', path: 'high', message: `high must be more than low (${low}).` }];
}

export default definePlugin({
  kind: 'guard',
  name: 'entropy',
  summary: 'Acts when the entropy of the policy has left its bounds for some steps: it has collapsed, or fallen apart.',
  source: {
    title: 'The Entropy Mechanism of Reinforcement Learning for Reasoning Language Models',
    arxiv: '2505.22617',
  },
  departures: 'the paper measures how entropy collapses and trains against it; this only watches',
  alsoKnownAs: ['entropy collapse'],
  options,
  metrics: {
    outside: {
      over: 'step',
      reduce: 'mean',
      unit: 'share',
      meaning: '1 where the entropy of the step is outside the bounds',
      healthy: '0',
      worrying: '1',
      advice: 'see policy/entropy',
    },
  },
  needs: ['entropy'],
  check,
  inject: { metrics: tokens.metrics },
  create: (settings, { metrics }) => createGuard(settings, metrics),
});
