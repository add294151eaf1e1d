import { describeContract, instantiate, startOfRun } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import plugin, { inTrouble } from './service-in-trouble.js';

// What every guard must hold to.
describeContract(plugin);

test('a service is in trouble when more tries fail than may', () => {
  expect([0, 0.25, 0.26, undefined].map((failures) => inTrouble(failures, 0.25))).toEqual([false, false, true, false]);
});

test('the run ends at the third step in a row, and a better step starts anew', async () => {
  const guard = await instantiate(plugin, {});
  const check = (failures: number) =>
    guard.check('updated', { progress: startOfRun, metrics: { 'rewards/answer/failures': failures } });
  expect([0.5, 0.5, 0, 0.5, 0.5].map(check)).toEqual(Array(5).fill('continue'));
  expect(check(0.5)).toEqual({
    action: 'stop',
    reason: '50 % of the tries failed, and too many for 3 steps in a row',
  });
});
