import { instantiate } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import cosine, { cosineFactor } from './cosine.js';

/** No other bound than rollout steps. */
const stepsOnly = { rolloutSteps: 4, optimizerSteps: 0, generatedTokens: 0, prompts: 0, minutes: 0 };

test('the factor rises to 1, falls to the minimum at the last step and stays there', () => {
  const decay = { warmUp: 2, steps: 10, minimum: 0.25 };
  const factors = [0, 1, 5, 9, 50].map((step) => cosineFactor(step, decay));
  expect(factors[0]).toBe(0.5);
  expect(factors[1]).toBe(1);
  expect(factors[2]).toBeCloseTo(0.625);
  expect(factors[3]).toBeCloseTo(0.25);
  expect(factors[4]).toBeCloseTo(0.25);
});

test('without a length it ends with the budget, counted in the unit of the warm-up', async () => {
  const config = {
    rollout: { prompts: 4, groupSize: 4 },
    update: { miniBatch: 8, epochs: 1 },
    budget: stepsOnly,
  };
  const progress = { rolloutStep: 0, optimizerStep: 1, fraction: 0 };
  const perUpdate = await instantiate(cosine, {}, { config });
  expect(perUpdate.factor(progress)).toBeCloseTo((1 + Math.cos(Math.PI / 4)) / 2);
  const perRollout = await instantiate(cosine, { warmUpUnit: 'rollout-steps' }, { config });
  expect(perRollout.factor(progress)).toBeCloseTo((1 + Math.cos(Math.PI / 4)) / 2);
});

test.each(['generatedTokens', 'minutes', 'prompts', 'optimizerSteps'])(
  'where the budget counts %s, it ends when that is used up, however many steps it takes',
  async (part) => {
    const config = {
      rollout: { prompts: 4, groupSize: 4 },
      update: { miniBatch: 8, epochs: 1 },
      budget: { ...stepsOnly, rolloutSteps: 1_000_000, [part]: 500 },
    };
    const schedule = await instantiate(cosine, { minimum: 0.1 }, { config });
    const at = (optimizerStep: number, fraction: number) =>
      schedule.factor({ rolloutStep: 0, optimizerStep, fraction });
    expect(at(0, 0)).toBe(1);
    expect(at(7, 0.25)).toBeCloseTo(0.1 + 0.9 * ((1 + Math.cos(Math.PI / 4)) / 2));
    expect(at(7, 1)).toBeCloseTo(0.1);
    expect(at(300, 0.25)).toBeCloseTo(at(7, 0.25));
    const late = await instantiate(cosine, { warmUp: 4 }, { config });
    const warm = (optimizerStep: number, fraction: number) => late.factor({ rolloutStep: 0, optimizerStep, fraction });
    expect([0, 1, 2].map((step) => warm(step, 0))).toEqual([0.25, 0.5, 0.75]);
    expect(warm(3, 0.1)).toBe(1);
    expect(warm(39, 1)).toBeCloseTo(0);
  },
);

test('it is one step ahead of its reference, and says so', () => {
  const decay = { warmUp: 0, steps: 8, minimum: 0 };
  for (let step = 0; step < 8; step++)
    expect(cosineFactor(step, decay)).toBeCloseTo((1 + Math.cos((Math.PI * (step + 1)) / 8)) / 2);
  expect(cosine.departures).toContain('one step ahead');
});
