import { registerZeroGradients, tf } from '@dapo/core';
import { expectAllclose } from '@dapo/core/testing';
import { beforeAll, test } from 'vitest';
import { cispo, cispoBinds } from './cispo.js';

beforeAll(registerZeroGradients);

const bounds = { low: 1, high: 0.28 };
const OLD = [[-1, -2, -1]];
const logProbs = tf.tensor2d([[-0.5, -2.5, -1]]);
const advantages = tf.tensor2d([[1, -2, 0.5]]);

test('the clip bounds a weight on −A·log π, and every token keeps its gradient', async () => {
  const loss = (x: tf.Tensor): tf.Tensor =>
    tf.sum(cispo(tf.exp(tf.sub(x, OLD)) as tf.Tensor2D, advantages, x as tf.Tensor2D, bounds));
  await expectAllclose(tf.grad(loss)(logProbs), [[-1.28, 2 * Math.exp(-0.5), -0.5]]);
});

test('bounds count for both signs, and low = 1 is no lower bound', async () => {
  const { low, high } = cispoBinds(tf.tensor2d([[0.01, 1.5]]), bounds);
  await expectAllclose(low, [[0, 0]]);
  await expectAllclose(high, [[0, 1]]);
});
