import { expect, test } from 'vitest';
import { compareRecords, readRecords } from './compare-records.js';

const step = (number: number, metrics: object): string => JSON.stringify({ kind: 'step', step: number, metrics });

test('every value but those of the machine is compared, to the last bit', () => {
  const then = readRecords([step(1, { a: 0.1, 'time/x': 1 }), step(2, { a: 0.3 })].join('\n'));
  const now = readRecords([step(1, { a: 0.1, 'time/x': 2 }), step(2, { a: 0.1 + 0.2 })].join('\n'));
  expect(compareRecords(then, now, 2)).toEqual({
    steps: 2,
    evaluations: 0,
    values: 2,
    deviations: [{ kind: 'step', step: 2, metric: 'a', then: 0.3, now: 0.30000000000000004 }],
  });
  expect(compareRecords(then, now, 1).deviations).toEqual([]);
});

test('a metric that is new or gone, and a step that was not done, are deviations', () => {
  const then = readRecords([step(1, { a: 1, b: 2 }), step(2, { a: 1 })].join('\n'));
  const { deviations } = compareRecords(then, readRecords(step(1, { a: 1, c: 3 })), 2);
  expect(deviations.map(({ step: at, metric }) => [at, metric])).toEqual([
    [1, 'b'],
    [1, 'c'],
    [2, 'a'],
  ]);
});

test('a torn line is passed over, and a step done twice counts as it was done last', () => {
  const records = readRecords([step(1, { a: 1 }), step(1, { a: 2 }), '{"kind":"st'].join('\n'));
  expect(records).toEqual([{ kind: 'step', step: 1, metrics: { a: 2 } }]);
});
