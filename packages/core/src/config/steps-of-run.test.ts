import { expect, test } from 'vitest';
import { stepsOfRun } from './steps-of-run.js';

const stepsOnly = { rolloutSteps: 5, optimizerSteps: 0, generatedTokens: 0, prompts: 0, minutes: 0 };
const config = { rollout: { prompts: 4, groupSize: 4 }, update: { miniBatch: 8, epochs: 2 }, budget: stepsOnly };
const progress = { rolloutStep: 1, optimizerStep: 7, fraction: 0.25 };

test('a budget of rollout steps says how many steps there will be', () => {
  expect(stepsOfRun(config, progress, 'rollout-steps')).toBe(5);
  expect(stepsOfRun(config, progress, 'optimizer-steps')).toBe(20);
});

test.each(['optimizerSteps', 'generatedTokens', 'prompts', 'minutes'])(
  'with a bound on %s the share used so far does',
  (part) => {
    const bounded = { ...config, budget: { ...stepsOnly, [part]: 3 } };
    expect(stepsOfRun(bounded, progress, 'rollout-steps')).toBe(8);
    expect(stepsOfRun(bounded, progress, 'optimizer-steps')).toBe(32);
    expect(stepsOfRun(bounded, { ...progress, fraction: 0 }, 'optimizer-steps')).toBe(Infinity);
  },
);
