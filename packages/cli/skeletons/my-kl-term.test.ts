import { tf } from '@dapo/core';
import { describeContract } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import plugin, { halfSquare } from './my-kl-term.js';

// What every plugin of this kind must hold to: shapes, masks, order, gradients, edge cases, leaks, state.
describeContract(plugin);

const row = (...values: number[]): tf.Tensor2D => tf.tensor2d([values]);
const inputs = () => ({
  logProbs: row(-1, -1, -9),
  referenceLogProbs: row(-1.5, -1, -1),
  mask: row(1, 1, 1),
});

test('half the square of the distance, 0 where both agree, held at the limit', async () => {
  expect([...(await tf.tidy(() => halfSquare(inputs(), 4)).data())]).toEqual([0.125, 0, 8]);
});

test('the gradient pulls towards the reference, and not beyond the limit', async () => {
  const gradient = tf.grad((logProbs: tf.Tensor) =>
    halfSquare({ ...inputs(), logProbs: logProbs as tf.Tensor2D }, 4).sum(),
  )(row(-1, -1, -9));
  expect([...(await gradient.data())].map((value) => value + 0)).toEqual([0.5, 0, 0]);
});
