import { expect, test } from 'vitest';
import type { Guard, GuardAnswer, GuardPoint } from '@dapo/core';
import noLiveGroups from './no-live-groups.js';

const guard = (): Guard => noLiveGroups.create({ patience: 3 }, {}) as Guard;

function check(
  of: Guard,
  live: number | undefined,
  point: GuardPoint = 'rolled-out',
): GuardAnswer | Promise<GuardAnswer> {
  const metrics: Record<string, number> = live === undefined ? {} : { 'rollout/live-groups': live };
  return of.check(point, { metrics, progress: { rolloutStep: 0, optimizerStep: 0, fraction: 0 } });
}

test('stops at the third step in a row without a live group', () => {
  const watcher = guard();
  expect([0, 0, 0.1, 0, 0].map((live) => check(watcher, live))).toEqual(Array(5).fill('continue'));
  expect(check(watcher, 0)).toMatchObject({ action: 'stop' });
});

test('counts rollouts only, and only where it is known', () => {
  const watcher = guard();
  for (let i = 0; i < 9; i++) {
    expect(check(watcher, 0, 'updated')).toBe('continue');
    expect(check(watcher, undefined)).toBe('continue');
  }
});

test('a checkpoint keeps the count', async () => {
  const watcher = guard();
  void [check(watcher, 0), check(watcher, 0)];
  const resumed = guard();
  await resumed.restore!(await watcher.state!());
  expect(check(resumed, 0)).toMatchObject({ action: 'stop' });
});
