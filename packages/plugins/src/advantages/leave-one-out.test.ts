import { tf } from '@dapo/core';
import { expectAllclose } from '@dapo/core/testing';
import { test } from 'vitest';
import { leaveOneOut } from './leave-one-out.js';

test('a reward is measured from the mean of the others', async () => {
  const rewards = [4, 1, -2, 0];
  const expected = rewards.map((reward) => reward - (3 - reward) / 3);
  await expectAllclose(leaveOneOut(tf.tensor2d([rewards]), tf.ones([1, 4])), [expected]);
});

test('a response alone keeps its reward, an empty place has none', async () => {
  await expectAllclose(leaveOneOut(tf.tensor2d([[4, 9]]), tf.tensor2d([[1, 0]])), [[4, 0]]);
});
