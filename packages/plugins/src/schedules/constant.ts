import { definePlugin, z } from '@dapo/core';

const options = z.strictObject({
  warmUp: z.number().int().nonnegative().default(0).describe('Steps of the linear warm-up; 0: none'),
  warmUpUnit: z.enum(['rollout-steps', 'optimizer-steps']).default('optimizer-steps').describe('What warmUp counts'),
});

/**
 * min(1, (t + 1) / W): rises linearly over the first W steps and stays at 1.
 *
 * @param step t: steps done before this one
 * @param warmUp W
 * @example warmUpFactor(0, 4) → 0.25
 */
export function warmUpFactor(step: number, warmUp: number): number {
  return warmUp === 0 ? 1 : Math.min(1, (step + 1) / warmUp);
}

export default definePlugin({
  kind: 'schedule',
  name: 'constant',
  summary: 'The same learning rate throughout, after a linear warm-up where one is asked for.',
  source: { title: 'DAPO, training details', arxiv: '2503.14476', equation: 'section 4.1' },
  departures: 'none; the paper warms up over 20 rollout steps',
  options,
  create: ({ warmUp, warmUpUnit }) => ({
    factor: ({ rolloutStep, optimizerStep }) =>
      warmUpFactor(warmUpUnit === 'rollout-steps' ? rolloutStep : optimizerStep, warmUp),
  }),
});
