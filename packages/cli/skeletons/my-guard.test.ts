import { describeContract, instantiate, startOfRun } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import plugin from './my-guard.js';

// What every plugin of this kind must hold to: shapes, masks, order, gradients, edge cases, leaks, state.
describeContract(plugin);

/** Keeps what is recorded, as the engine does. */
const recorded: number[] = [];
const recorder = { record: (_: string, value: number): number => recorded.push(value) };

test('stops at the third step in a row below the bound, and a step above it starts anew', async () => {
  const guard = await instantiate(plugin, { least: 0, patience: 3 }, { recorder });
  const check = (mean: number) => guard.check('updated', { progress: startOfRun, metrics: { 'reward/mean': mean } });
  expect([-1, -1, 1, -1, -1].map(check)).toEqual(Array(5).fill('continue'));
  expect(check(-0.5)).toEqual({
    action: 'stop',
    reason: 'reward/mean is -0.5, below 0, for 3 steps in a row',
  });
  expect(recorded).toEqual([1, 2, 0, 1, 2, 3]);
});

test('other points, and a metric that is not there, are left alone', async () => {
  const guard = await instantiate(plugin, { least: 0, patience: 1 }, { recorder });
  expect(guard.check('rolled-out', { progress: startOfRun, metrics: { 'reward/mean': -1 } })).toBe('continue');
  expect(guard.check('updated', { progress: startOfRun, metrics: {} })).toBe('continue');
});
