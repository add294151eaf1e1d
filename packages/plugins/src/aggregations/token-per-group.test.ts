import { tf } from '@dapo/core';
import { expectAllclose } from '@dapo/core/testing';
import { test } from 'vitest';
import { tokenPerGroupWeights } from './token-per-group.js';

/** Groups of 3 tokens, none and 2. */
const mask = tf.tensor2d([
  [1, 0],
  [1, 1],
  [0, 0],
  [1, 1],
]);
const inputs = { mask, counted: mask, groupOf: tf.tensor1d([0, 0, 1, 2], 'int32'), groups: 3 };

test('every group weighs the same, its tokens alike', async () => {
  const weights = [
    [1 / 6, 0],
    [1 / 6, 1 / 6],
    [0, 0],
    [1 / 4, 1 / 4],
  ];
  await expectAllclose(tokenPerGroupWeights(inputs, 'non-empty'), weights);
  const all = weights.map((row) => row.map((weight) => (weight * 2) / 3));
  await expectAllclose(tokenPerGroupWeights(inputs, 'all'), all);
});

test('one group is enough', async () => {
  const one = { mask, counted: mask, groupOf: tf.zeros([4], 'int32') as tf.Tensor1D, groups: 1 };
  await expectAllclose(tokenPerGroupWeights(one, 'all'), [
    [0.2, 0],
    [0.2, 0.2],
    [0, 0],
    [0.2, 0.2],
  ]);
});
