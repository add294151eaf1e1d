import { definePlugin, stepsOfRun, tokens, z } from '@dapo/core';
import { onlyStepIsLowest } from './decay/only-step.js';

const options = z.strictObject({
  warmUp: z.number().int().nonnegative().default(0).describe('W: steps of the linear warm-up; 0: none'),
  warmUpUnit: z
    .enum(['rollout-steps', 'optimizer-steps'])
    .default('optimizer-steps')
    .describe('What warmUp and steps count'),
  steps: z
    .number()
    .int()
    .positive()
    .optional()
    .describe('N: the step at which the rate is lowest; default: where the budget, of whatever kind, is used up'),
  minimum: z.number().min(0).max(1).default(0).describe('m: the lowest factor'),
});

export interface Decay {
  readonly warmUp: number;
  readonly steps: number;
  readonly minimum: number;
}

/**
 * Linear warm-up over W steps, then half a cosine from 1 to m at step N and m from there on:
 * (t + 1) / W for t + 1 < W, else m + (1 − m) · (1 + cos(π · (min(t + 1, N) − W) / (N − W))) / 2.
 *
 * @param step t: steps done before this one
 * @example cosineFactor(4, { warmUp: 0, steps: 8, minimum: 0 }) → 0.309
 */
export function cosineFactor(step: number, { warmUp, steps, minimum }: Decay): number {
  if (step + 1 < warmUp) return (step + 1) / warmUp;
  const done = Math.max(0, Math.min(step + 1, steps) - warmUp) / Math.max(1, steps - warmUp);
  return minimum + ((1 - minimum) * (1 + Math.cos(Math.PI * done))) / 2;
}

export default definePlugin({
  kind: 'schedule',
  name: 'cosine',
  summary: 'Half a cosine from the full learning rate to the lowest, after a linear warm-up.',
  source: { title: 'SGDR', arxiv: '1608.03983', equation: '5' },
  departures:
    'No restarts; the lowest rate stays after the last step. It is one step ahead of the equation and of transformers’ ' +
    'get_cosine_schedule_with_warmup: step t, counted from 0, has their factor of step t + 1. So the first step of a warm-up ' +
    'moves, without one the first factor is below 1, and the last of N steps has the lowest.',
  options,
  check: onlyStepIsLowest,
  inject: { config: tokens.config },
  create: ({ steps, warmUpUnit, ...rest }, { config }) => ({
    factor(progress) {
      const step = warmUpUnit === 'rollout-steps' ? progress.rolloutStep : progress.optimizerStep;
      return cosineFactor(step, { ...rest, steps: steps ?? stepsOfRun(config, progress, warmUpUnit) });
    },
  }),
});
