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
 * Linear warm-up over W steps, then a straight line from 1 to m at step N and m from there on:
 * (t + 1) / W for t + 1 < W, else 1 − (1 − m) · (min(t + 1, N) − W) / (N − W).
 *
 * @param step t: steps done before this one
 * @example linearFactor(3, { warmUp: 0, steps: 8, minimum: 0 }) → 0.5
 */
export function linearFactor(step: number, { warmUp, steps, minimum }: Decay): number {
  if (step + 1 < warmUp) return (step + 1) / warmUp;
  const done = Math.max(0, Math.min(step + 1, steps) - warmUp) / Math.max(1, steps - warmUp);
  return 1 - (1 - minimum) * done;
}

export default definePlugin({
  kind: 'schedule',
  name: 'linear',
  summary: 'A straight line from the full learning rate to the lowest, after a linear warm-up.',
  source: {
    title: 'Linear decay',
    url: 'https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LinearLR.html',
  },
  departures:
    'It is one step ahead of LinearLR and of transformers’ get_linear_schedule_with_warmup: step t, counted from 0, has their ' +
    'factor of step t + 1. So the first step of a warm-up moves, without one the first factor is below 1, and the last of N ' +
    'steps has the lowest.',
  options,
  check: onlyStepIsLowest,
  inject: { config: tokens.config },
  create: ({ steps, warmUpUnit, ...rest }, { config }) => ({
    factor(progress) {
      const step = warmUpUnit === 'rollout-steps' ? progress.rolloutStep : progress.optimizerStep;
      return linearFactor(step, { ...rest, steps: steps ?? stepsOfRun(config, progress, warmUpUnit) });
    },
  }),
});
