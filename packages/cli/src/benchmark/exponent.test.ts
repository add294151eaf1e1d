import { expect, test } from 'vitest';
import { exponent } from './exponent.js';
import { exponentsOf } from './growth.js';

test('the exponent of a power is found, whatever stands before it', () => {
  expect(
    exponent([
      [1, 3],
      [2, 12],
      [4, 48],
    ]),
  ).toBeCloseTo(2, 12);
  expect(
    exponent([
      [64, 5],
      [128, 5],
      [256, 5],
    ]),
  ).toBeCloseTo(0, 12);
});

test('points off the line are fitted by least squares of the logarithms', () => {
  // log₂: (0, 0), (1, 1), (2, 3): the slope of the best line is 1.5.
  expect(
    exponent([
      [1, 1],
      [2, 2],
      [4, 8],
    ]),
  ).toBeCloseTo(1.5, 12);
});

test('one point, or figures of nothing, have no exponent', () => {
  expect(exponent([[2, 3]])).toBeNaN();
  expect(exponent([])).toBeNaN();
  expect(
    exponent([
      [1, 0],
      [2, -1],
      [4, 3],
    ]),
  ).toBeNaN();
});

test('memory grows by what the steps added, not by what the process takes anyway', () => {
  const point = (value: number, usedMiB: number) => ({
    value,
    updateSeconds: value,
    rolloutSeconds: 1,
    stepSeconds: value ** 2,
    usedMiB,
    peakRssMiB: 1000 + usedMiB,
  });
  const { update, rollout, step, memory } = exponentsOf([point(1, 10), point(2, 20), point(4, 40)]);
  [update, rollout, step, memory].forEach((value, i) => expect(value).toBeCloseTo([1, 0, 2, 1][i]!, 12));
});
