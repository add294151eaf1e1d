import { expect, test } from 'vitest';
import type { Guard, GuardAnswer, GuardPoint } from '@dapo/core';
import entropy, { describeEntropy } from './entropy.js';

const recorded: number[] = [];

function guard(options: object = {}): Guard {
  const metrics = { record: (_: string, value: number) => void recorded.push(value) };
  return entropy.create(entropy.options!.parse(options), { metrics }) as Guard;
}

const check = (of: Guard, nats: number | undefined, point: GuardPoint = 'updated'): GuardAnswer =>
  of.check(point, {
    metrics: nats === undefined ? {} : { 'policy/entropy': nats },
    progress: { rolloutStep: 0, optimizerStep: 0, fraction: 0 },
  }) as GuardAnswer;

test('acts on the third collapsed step in a row, and counts every one', () => {
  recorded.length = 0;
  const watcher = guard();
  expect([0.001, 0, 0.5, 0.009, 0.002].map((nats) => check(watcher, nats))).toEqual(Array(5).fill('continue'));
  const reason = 'the entropy is 0.003 nats a token, below 0.01, for 3 steps in a row';
  expect(check(watcher, 0.003)).toEqual({ action: 'stop', reason });
  expect(recorded).toEqual([1, 1, 0, 1, 1, 1]);
});

test('an upper bound is one as well, and NaN lies outside of both', () => {
  expect(check(guard({ high: 4, patience: 1, action: 'roll-back' }), 4.5)).toMatchObject({ action: 'roll-back' });
  expect(check(guard({ high: 4, patience: 1 }), 4)).toBe('continue');
  expect(describeEntropy(NaN, { low: 0.01 })).toBeDefined();
  expect(describeEntropy(0, { low: 0 })).toBeUndefined();
});

test('other points and unknown entropies are left alone', () => {
  const watcher = guard({ patience: 1 });
  expect(check(watcher, 0, 'before-update')).toBe('continue');
  expect(check(watcher, undefined)).toBe('continue');
});

test('bounds that nothing can lie between are an error of the config', () => {
  const remarks = (options: object): number =>
    entropy.check!(entropy.options!.parse(options), {} as never, new Map()).length;
  expect([{}, { high: 1 }, { low: 2, high: 1 }].map(remarks)).toEqual([0, 0, 1]);
});

test('a checkpoint keeps the count', async () => {
  const watcher = guard({ patience: 2 });
  check(watcher, 0);
  const resumed = guard({ patience: 2 });
  await resumed.restore!(await watcher.state!());
  expect(check(resumed, 0)).toMatchObject({ action: 'stop' });
});
