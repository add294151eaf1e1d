import { expect, test } from 'vitest';
import type { Guard, GuardAnswer } from '@dapo/core';
import gradientNorm, { gradientBound, median } from './gradient-norm.js';

const recorded: number[] = [];

function guard(options: object = {}): Guard {
  const metrics = { record: (_: string, value: number) => void recorded.push(value) };
  return gradientNorm.create(gradientNorm.options!.parse({ warmUp: 3, window: 5, ...options }), { metrics }) as Guard;
}

const check = (of: Guard, norm: number): GuardAnswer =>
  of.check('before-update', {
    metrics: { 'update/gradient-norm': norm },
    progress: { rolloutStep: 0, optimizerStep: 0, fraction: 0 },
  }) as GuardAnswer;

test('the median is the middle, and the bound ten of it once there are enough', () => {
  expect([median([5, 1, 3]), median([4, 1])]).toEqual([3, 4]);
  const settings = { factor: 10, warmUp: 3, window: 5 };
  expect(gradientBound([1, 2], settings)).toBe(Infinity);
  expect(gradientBound([1, 2, 3], settings)).toBe(20);
  expect(gradientBound([1, 2, 3], { ...settings, max: 7 })).toBe(7);
});

test('a window shorter than the warm-up is all that it waits for', () => {
  const watcher = guard({ warmUp: 10, window: 3 });
  for (let i = 0; i < 3; i++) expect(check(watcher, 1)).toBe('continue');
  expect(check(watcher, 11)).toMatchObject({ action: 'skip-update' });
});

test('a gradient far above the others is left out and counted; before the warm-up nothing is', () => {
  recorded.length = 0;
  const watcher = guard();
  expect([100, 1, 1].map((norm) => check(watcher, norm))).toEqual(Array(3).fill('continue'));
  expect(check(watcher, 11)).toEqual({ action: 'skip-update', reason: 'the gradient norm is 11.0, above 10.0' });
  expect(check(watcher, 9)).toBe('continue');
  expect(recorded).toEqual([0, 0, 0, 1, 0]);
});

test('where all gradients grow, the bound follows', () => {
  const watcher = guard();
  for (let i = 0; i < 5; i++) check(watcher, 1);
  const answers = Array.from({ length: 4 }, () => check(watcher, 50));
  expect(answers.map((answer) => answer === 'continue')).toEqual([false, false, false, true]);
});

test('a fixed bound holds from the first update on, and for gradients that are not finite', () => {
  const watcher = guard({ max: 5 });
  expect(check(watcher, 6)).toMatchObject({ action: 'skip-update' });
  expect(check(watcher, Infinity)).toMatchObject({ action: 'skip-update' });
  expect(check(watcher, 4)).toBe('continue');
});

test('a checkpoint keeps the last norms', async () => {
  const watcher = guard();
  for (let i = 0; i < 4; i++) check(watcher, 1);
  const resumed = guard();
  await resumed.restore!(JSON.parse(JSON.stringify(await watcher.state!())));
  expect(check(resumed, 20)).toMatchObject({ action: 'skip-update' });
});
