import { expect, test } from 'vitest';
import type { RunResult } from './run-result.js';
import { defaultThreshold, reachedBy } from './thresholds.js';

const run = (...values: number[]): RunResult => ({
  state: 'finished',
  steps: 10,
  evaluations: values.map((value, i) => ({ step: 5 * i, value, tokens: 1000 * i })),
  score: values.at(-1),
  tokens: 0,
  seconds: 0,
  money: 0,
});

test('the steps and tokens at which a run was first measured at the threshold, as a median over runs', () => {
  const runs = [run(0.1, 0.5, 0.6), run(0.1, 0.2, 0.5), run(0.1, 0.6, 0.4)];
  expect(reachedBy(runs, 0.5)).toEqual({ runs: 3, reached: 3, steps: 5, tokens: 1000 });
});

test('where half of the runs never arrive, the median is never', () => {
  expect(reachedBy([run(0.1, 0.5), run(0.1, 0.2)], 0.5)).toEqual({
    runs: 2,
    reached: 1,
    steps: Infinity,
    tokens: Infinity,
  });
  expect(reachedBy([run(0.1, 0.2), run(0.1, 0.2)], 0.5).steps).toBe(Infinity);
});

test('the threshold is what the baseline ends at, on average', () => {
  expect(defaultThreshold([run(0.1, 0.5), run(0.1, 0.7)])).toBeCloseTo(0.6);
  expect(defaultThreshold([])).toBeUndefined();
});
