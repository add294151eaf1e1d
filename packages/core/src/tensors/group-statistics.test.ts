import { test } from 'vitest';
import { expectAllclose } from '../testing/allclose.js';
import { groupDeviations, groupMean, groupSizes, groupSpread, perResponse } from './group-statistics.js';
import { tf } from './tf.js';

/** Three responses, one, none, seven equal ones; 9 stands where there is no response. */
const values = tf.tensor2d([
  [1, 0, -4, 9, 9, 9, 9],
  [5, 9, 9, 9, 9, 9, 9],
  Array(7).fill(9),
  Array(7).fill(0.95),
]);
const present = tf.tensor2d([
  [1, 1, 1, 0, 0, 0, 0],
  [1, 0, 0, 0, 0, 0, 0],
  Array(7).fill(0),
  Array(7).fill(1),
]);

test('sizes, means and spreads see only responses that are there', async () => {
  await expectAllclose(groupSizes(present), [[3], [1], [0], [7]]);
  await expectAllclose(groupMean(values, present), [[-1], [5], [0], [0.95]]);
  await expectAllclose(groupSpread(values, present), [[5], [0], [0], [0]], { absolute: 0 });
});

test('a group of one keeps its value and seven equal values give exactly 0', async () => {
  const zeros = Array(7).fill(0) as number[];
  const expected = [[2, 1, -3, 0, 0, 0, 0], [5, 0, 0, 0, 0, 0, 0], zeros, zeros];
  await expectAllclose(groupDeviations(values, present), expected);
  const equal = tf.slice(groupDeviations(values, present), [3, 0], [1, 7]);
  await expectAllclose(equal, [zeros], { relative: 0, absolute: 0 });
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
