import { expect, test } from 'vitest';
import type { Guard, GuardAnswer } from '@dapo/core';
import lengthRunaway from './length-runaway.js';

const recorded: number[] = [];

function guard(options: object = {}): Guard {
  const metrics = { record: (_: string, value: number) => void recorded.push(value) };
  return lengthRunaway.create(lengthRunaway.options!.parse({ first: 2, patience: 2, ...options }), {
    metrics,
  }) as Guard;
}

const check = (of: Guard, length: number, truncated = 0): GuardAnswer =>
  of.check('rolled-out', {
    metrics: { 'rollout/response-length': length, 'rollout/truncated': truncated },
    progress: { rolloutStep: 0, optimizerStep: 0, fraction: 0 },
  }) as GuardAnswer;

test('acts on the second step in a row with responses far longer than the first', () => {
  recorded.length = 0;
  const watcher = guard();
  expect([10, 30, 61, 20, 61].map((length) => check(watcher, length))).toEqual(Array(5).fill('continue'));
  const reason = 'responses are 3.5 times as long as in the first steps, for 2 steps in a row';
  expect(check(watcher, 70)).toEqual({ action: 'stop', reason });
  expect(recorded).toEqual([1, 1.5, 3.05, 1, 3.05, 3.5]);
});

test('acts on too many responses that are cut off', () => {
  const watcher = guard({ truncated: 0.25, action: 'roll-back' });
  expect(check(watcher, 10, 0.5)).toBe('continue');
  expect(check(watcher, 10, 0.5)).toEqual({
    action: 'roll-back',
    reason: '50 % of the responses are cut off, for 2 steps in a row',
  });
});

test('a checkpoint keeps the count and the first length', async () => {
  const watcher = guard();
  for (const length of [10, 10, 40]) check(watcher, length);
  const resumed = guard();
  await resumed.restore!(JSON.parse(JSON.stringify(await watcher.state!())));
  expect(check(resumed, 40)).toMatchObject({ action: 'stop' });
});

test('responses of no length at all are no runaway', () => {
  expect(check(guard({ patience: 1 }), 0)).toBe('continue');
});
