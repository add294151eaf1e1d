import { tf } from '@dapo/core';
import { describeContract } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import plugin, { reinforceLoss } from './my-loss.js';

// What every plugin of this kind must hold to: shapes, masks, order, gradients, edge cases, leaks, state.
describeContract(plugin);

const row = (...values: number[]): tf.Tensor2D => tf.tensor2d([values]);

test('−A · log π − β · H, by hand', async () => {
  const plain = tf.tidy(() => reinforceLoss(row(-1, -2), row(0.5, -1), 0));
  const withBonus = tf.tidy(() => reinforceLoss(row(-1, -2), row(0.5, -1), 0.25, row(2, 4)));
  expect([...(await plain.data())]).toEqual([0.5, -2]);
  expect([...(await withBonus.data())]).toEqual([0, -3]);
});

test('the gradient with respect to log π is −A', async () => {
  const gradient = tf.grad((logProbs: tf.Tensor) => reinforceLoss(logProbs as tf.Tensor2D, row(0.5, -1), 0).sum())(
    row(-1, -2),
  );
  expect([...(await gradient.data())]).toEqual([-0.5, 1]);
});
