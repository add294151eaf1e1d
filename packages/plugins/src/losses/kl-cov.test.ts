import { registerZeroGradients, tf } from '@dapo/core';
import { expectAllclose } from '@dapo/core/testing';
import { beforeAll, test } from 'vitest';
import { klCov, mostCovarying } from './kl-cov.js';

beforeAll(registerZeroGradients);

test('the tokens of largest covariance are chosen, one at least', async () => {
  const advantages = tf.tensor2d([
    [1, 1, 1],
    [-1, -1, 9],
  ]);
  const logProbs = tf.tensor2d([
    [-1, -3, -2],
    [-1, -5, 9],
  ]);
  const mask = tf.tensor2d([
    [1, 1, 1],
    [1, 1, 0],
  ]);
  // means 0.2 and −2.4: terms 1.12, −0.48, 0.32, −1.68, 3.12
  await expectAllclose(mostCovarying(advantages, logProbs, mask, 1e-4), [
    [0, 0, 0],
    [0, 1, 0],
  ]);
  await expectAllclose(mostCovarying(advantages, logProbs, mask, 0.5), [
    [1, 0, 0],
    [0, 1, 0],
  ]);
});

test('only chosen tokens feel the KL penalty, and on-policy it has no gradient', async () => {
  const selected = tf.tensor2d([[1, 0, 1]]);
  const loss = (x: tf.Tensor): tf.Tensor => tf.sum(klCov(x as tf.Tensor2D, tf.zeros([1, 3]), selected, 2));
  const { value, grad } = tf.valueAndGrad(loss)(tf.tensor2d([[-0.5, 3, 0]]));
  await expectAllclose(value, 1);
  await expectAllclose(grad, [[-2, 0, 0]]);
});
