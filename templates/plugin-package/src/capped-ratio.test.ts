import { tf } from '@dapo/core';
import { describeContract } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import plugin, { cappedSurrogate } from './capped-ratio.js';

// What every plugin of this kind must hold to: shapes, masks, order, gradients, edge cases, leaks, state.
describeContract(plugin);

const row = (...values: number[]): tf.Tensor2D => tf.tensor2d([values]);

test('−min(r, cap) · A, by hand', async () => {
  const loss = tf.tidy(() => cappedSurrogate(row(0.5, 3, 3), row(2, 0.5, -0.5), 2));
  expect([...(await loss.data())]).toEqual([-1, -1, 1]);
});

test('the gradient is −A below the cap and 0 beyond it', async () => {
  const gradient = tf.grad((ratio: tf.Tensor) => cappedSurrogate(ratio as tf.Tensor2D, row(2, 0.5), 2).sum())(
    row(0.5, 3),
  );
  expect([...(await gradient.data())].map((value) => value + 0)).toEqual([-2, 0]);
});
