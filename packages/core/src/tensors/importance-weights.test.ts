import { test } from 'vitest';
import { expectAllclose } from '../testing/allclose.js';
import { importanceWeights } from './importance-weights.js';
import { tf } from './tf.js';

const inputs = {
  oldLogProbs: tf.log([
    [0.5, 0.2, 0.9],
    [0.4, NaN, NaN],
  ]) as tf.Tensor2D,
  behaviourLogProbs: tf.log([
    [0.25, 0.4, 0.9],
    [0.1, 0.5, 0.5],
  ]) as tf.Tensor2D,
  mask: tf.tensor2d([
    [1, 1, 1],
    [1, 0, 0],
  ]),
};

test('a weight is the ratio of a token, or the product over its response', async () => {
  await expectAllclose(importanceWeights(inputs, 'token'), [
    [2, 0.5, 1],
    [4, 0, 0],
  ]);
  await expectAllclose(importanceWeights(inputs, 'sequence'), [
    [1, 1, 1],
    [4, 0, 0],
  ]);
});

test('a hopeless disagreement stays finite', async () => {
  const far = { ...inputs, behaviourLogProbs: tf.fill([2, 3], -500) as tf.Tensor2D };
  await expectAllclose(tf.max(importanceWeights(far, 'sequence')), Math.exp(20));
});
