import { describeContract } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import plugin, { inverseRoot } from './my-schedule.js';

// What every plugin of this kind must hold to: shapes, masks, order, gradients, edge cases, leaks, state.
describeContract(plugin);

test('rises to 1 over the warm-up, then halves when the steps are four times as many', () => {
  expect([0, 1, 3, 15, 63].map((step) => inverseRoot(step, 4))).toEqual([0.25, 0.5, 1, 0.5, 0.25]);
});
