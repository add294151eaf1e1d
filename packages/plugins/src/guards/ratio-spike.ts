import { definePlugin, type GuardFacts, tokens, z } from '@dapo/core';

const options = z.strictObject({
  max: z.number().gt(1).default(10).describe('probability ratio, or its inverse, that no token may go beyond'),
  action: z
    .enum(['skip-update', 'stop', 'roll-back'])
    .default('skip-update')
    .describe('put the update off, end the run, or go back to the last checkpoint'),
});

/**
 * The largest ratio π/π_old of a mini-batch, or its inverse, by token; 1 where it isn't known.
 *
 * @example largestRatio({ 'policy/log-prob-difference': Math.log(3) }) → 3
 */
export function largestRatio(metrics: GuardFacts['metrics']): number {
  return Math.exp(metrics['policy/log-prob-difference'] ?? 0);
}

export default definePlugin({
  kind: 'guard',
  name: 'ratio-spike',
  summary: 'Puts off an update on tokens whose probability the updates before it have moved too far.',
  source: { title: 'our own' },
  departures: 'none; it looks at raw ratios per token, before any clip and whatever the level of the loss',
  options,
  metrics: {
    spikes: {
      over: 'step',
      reduce: 'sum',
      unit: 'updates',
      meaning: 'mini-batches with a ratio beyond the bound',
      healthy: '0',
      worrying: 'in every step',
      advice: 'lower the learning rate, or take fewer updates a rollout',
    },
  },
  inject: { metrics: tokens.metrics },
  create: ({ max, action }, { metrics: recorder }) => ({
    check(point, { metrics }) {
      if (point !== 'before-update') return 'continue';
      const ratio = largestRatio(metrics);
      const spikes = ratio > max;
      recorder.record('spikes', spikes ? 1 : 0);
      return spikes
        ? { action, reason: `a token’s probability has moved by a factor of ${ratio.toFixed(1)}` }
        : 'continue';
    },
  }),
});
