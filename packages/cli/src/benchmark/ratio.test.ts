import { expect, test } from 'vitest';
import { mergeRounds } from './merge-rounds.js';
import { figuresOf } from './measure-steps.js';
import { ratioOf } from './ratio.js';
import { ratiosOf } from './ratio-rows.js';
import { spinLines } from './spin.js';
import { ratesOf, timesOf } from './spread.js';
import type { StepsResult } from './task.js';

const result = (update: readonly number[], rate: readonly number[], step: readonly number[]): StepsResult => ({
  responses: 512,
  updates: 4,
  generatedTokens: 100,
  update: timesOf(update),
  rollout: timesOf([1]),
  tokensPerSecond: ratesOf(rate),
  step: timesOf(step),
  peakRssMiB: 300,
  startRssMiB: 100,
});

test('the best of times is the smallest, that of rates the largest', () => {
  expect(timesOf([3, 1, 2])).toMatchObject({ median: 2, best: 1 });
  expect(ratesOf([3, 1, 2, 4])).toMatchObject({ median: 2.5, best: 4 });
});

test('a ratio is the middle of the ratios of each round, and best against best', () => {
  // Round by round 0.5, 0.5 and 2: a slow second round slows both sides and hides nothing.
  expect(ratioOf(timesOf([1, 10, 4]), timesOf([2, 20, 2]))).toEqual({ median: 0.5, best: 0.5 });
});

test('updates and tokens are ours by theirs, whole steps theirs by ours', () => {
  const steps = [{ config: 'B', what: '', node: 'v24.0.0', backend: 'wasm', ...result([0.1], [3000], [1]) }];
  const theirs = { ...result([0.2], [1000], [4]), config: 'B', program: 'TRL', versions: {} };
  const [ratios] = ratiosOf({ steps, baseline: [theirs] });
  expect(ratios).toMatchObject({ update: { median: 0.5 }, tokensPerSecond: { median: 3 }, step: { median: 4 } });
});

test('what failed, or has no baseline, has no ratio', () => {
  const place = { what: '', node: 'v24.0.0', backend: 'wasm' };
  const steps = [
    { config: 'A', ...place, ...result([1], [1], [1]) },
    { config: 'B', ...place, failure: 'out of memory' },
  ];
  expect(
    ratiosOf({ steps, baseline: [{ ...result([1], [1], [1]), config: 'B', program: 'TRL', versions: {} }] }),
  ).toEqual([]);
});

test('of several rounds the middle of each counts, and the best of all', () => {
  const merged = mergeRounds([
    result([0.3, 0.1, 0.2], [10, 30, 20], [1, 2, 3]),
    result([0.5, 0.4, 0.6], [5, 7, 6], [4, 5, 6]),
  ]);
  expect(merged.update).toEqual({ median: 0.35, best: 0.1, values: [0.2, 0.5] });
  expect(merged.tokensPerSecond).toEqual({ median: 13, best: 30, values: [20, 6] });
});

test('the steps that warm up do not count, and tokens are those of a step, not of the run', () => {
  const metrics = (tokens: number, rollout: number, updates: number) => ({
    'counter/generated-tokens': tokens,
    'time/rollout-seconds': rollout,
    'time/update-seconds': updates,
    'time/step-seconds': rollout + updates,
    'update/count': 4,
  });
  const figures = figuresOf([metrics(100, 9, 9), metrics(200, 2, 4), metrics(300, 4, 8)], 1);
  expect(figures).toMatchObject({
    generatedTokens: 100,
    update: { median: 1.5, best: 1, values: [1, 2] },
    tokensPerSecond: { best: 50, values: [50, 25] },
    step: { values: [6, 12] },
  });
});

test('rounds in which two threads ran like one are named', () => {
  expect(spinLines([1.95, 1.02])).toEqual([expect.stringMatching(/1\.02 × the work of one before round 2/)]);
});
