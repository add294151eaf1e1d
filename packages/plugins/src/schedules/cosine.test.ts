import { instantiate } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import cosine, { cosineFactor } from './cosine.js';

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
    budget: { rolloutSteps: 4 },
  };
  const progress = { rolloutStep: 0, optimizerStep: 1, fraction: 0 };
  const perUpdate = await instantiate(cosine, {}, { config });
  expect(perUpdate.factor(progress)).toBeCloseTo((1 + Math.cos(Math.PI / 4)) / 2);
  const perRollout = await instantiate(cosine, { warmUpUnit: 'rollout-steps' }, { config });
  expect(perRollout.factor(progress)).toBeCloseTo((1 + Math.cos(Math.PI / 4)) / 2);
});
