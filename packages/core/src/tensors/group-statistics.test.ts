import { test } from 'vitest';
import { expectAllclose } from '../testing/allclose.js';
import { groupDeviations, groupMean, groupSizes, groupSpread, perResponse } from './group-statistics.js';
import { tf } from './tf.js';

const size = 9;
/** A group of the given responses; 99 stands where there is none. */
const row = (responses: readonly number[]): number[] => [
  ...responses,
  ...Array<number>(size - responses.length).fill(99),
];
const groups = [[1, 0, -4], [5], [], Array<number>(size).fill(0.95)];
const values = tf.tensor2d(groups.map(row));
const present = tf.tensor2d(groups.map(({ length }) => row([]).map((_, i) => (i < length ? 1 : 0))));

test('sizes, means and spreads see only responses that are there', async () => {
  await expectAllclose(groupSizes(present), [[3], [1], [0], [size]]);
  await expectAllclose(groupMean(values, present), [[-1], [5], [0], [0.95]]);
  await expectAllclose(groupSpread(values, present), [[5], [0], [0], [0]], { absolute: 0 });
});

test('a group of one keeps its value and nine equal values give exactly 0', async () => {
  const expected = [[2, 1, -3], [5], [], []].map((group) => row(group).map((value) => (value === 99 ? 0 : value)));
  const deviations = groupDeviations(values, present);
  await expectAllclose(deviations, expected);
  await expectAllclose(
    tf.slice(deviations, [3, 0], [1, size]),
    row([]).map(() => 0),
    { relative: 0, absolute: 0 },
  );
});

test('a baseline may be given', async () => {
  const deviations = groupDeviations(tf.tensor2d([[1, 0]]), tf.tensor2d([[1, 1]]), tf.tensor2d([[0.25]]));
  await expectAllclose(deviations, [[0.75, -0.25]]);
});

test('a matrix of groups of different sizes is read off in the order of responses', async () => {
  const groupOf = tf.tensor1d([0, 0, 0, 1, 3, 3], 'int32');
  const here = tf.tensor2d([
    [1, 1, 1],
    [1, 0, 0],
    [0, 0, 0],
    [1, 1, 0],
  ]);
  const matrix = tf.tensor2d([
    [1, 2, 3],
    [4, 9, 9],
    [9, 9, 9],
    [5, 6, 9],
  ]);
  await expectAllclose(perResponse(matrix, here, groupOf), [1, 2, 3, 4, 5, 6]);
});
