import { instantiate } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import constant, { warmUpFactor } from './constant.js';

test('the rate rises linearly over the warm-up and stays', () => {
  expect([0, 1, 3, 4, 100].map((step) => warmUpFactor(step, 4))).toEqual([0.25, 0.5, 1, 1, 1]);
  expect(warmUpFactor(0, 0)).toBe(1);
});

test('a warm-up may count rollout steps or optimizer steps', async () => {
  const progress = { rolloutStep: 1, optimizerStep: 16, fraction: 0 };
  expect((await instantiate(constant, { warmUp: 20, warmUpUnit: 'rollout-steps' })).factor(progress)).toBe(0.1);
  expect((await instantiate(constant, { warmUp: 20 })).factor(progress)).toBe(0.85);
});
