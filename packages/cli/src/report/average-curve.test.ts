import { expect, test } from 'vitest';
import { averageBySteps, averageOver } from './average-curve.js';

test('curves that were measured at other places are averaged by straight lines, up to where the shortest ends', () => {
  const a = [
    { step: 0, value: 0 },
    { step: 10, value: 1 },
  ];
  const b = [
    { step: 0, value: 0.2 },
    { step: 4, value: 0.2 },
    { step: 8, value: 0.6 },
  ];
  const points = averageOver([a, b], 5);
  expect(points.map(({ x }) => x)).toEqual([0, 2, 4, 6, 8]);
  expect(points.map(({ mean }) => Number(mean.toFixed(6)))).toEqual([0.1, 0.2, 0.3, 0.5, 0.7]);
  // Two values, 0.4 and 0.2: t(1) at 97.5 % is 12.706, the standard error 0.1.
  expect(points[2]!.high - points[2]!.mean).toBeCloseTo(1.2706, 3);
});

test('one run is its own mean, without an interval; no run is no curve', () => {
  expect(
    averageOver(
      [
        [
          { step: 0, value: 1 },
          { step: 1, value: 2 },
        ],
      ],
      2,
    ),
  ).toEqual([
    { x: 0, mean: 1, low: 1, high: 1 },
    { x: 1, mean: 2, low: 2, high: 2 },
  ]);
  expect(averageOver([[]])).toEqual([]);
});

test('by steps, a step that fewer than half of the runs have is left out', () => {
  const series = [
    [
      { step: 1, value: 1 },
      { step: 2, value: 5 },
    ],
    [{ step: 1, value: 3 }],
    [{ step: 1, value: 5 }],
  ];
  expect(averageBySteps(series).map(({ x, mean }) => [x, mean])).toEqual([[1, 3]]);
});
