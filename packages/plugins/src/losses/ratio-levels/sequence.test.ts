import { tf } from '@dapo/core';
import { expectAllclose } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import sequence, { sequenceRatio } from './sequence.js';

const OLD = tf.log([
  [0.5, 0.125, 0.3],
  [0.25, 0.5, 0.3],
]) as tf.Tensor2D;
const MASK = tf.tensor2d([
  [1, 1, 0],
  [0, 0, 0],
]);

test('all tokens of a response have the geometric mean of its ratios', async () => {
  await expectAllclose(sequenceRatio(tf.zerosLike(OLD), OLD, MASK), [
    [4, 4, 4],
    [1, 1, 1],
  ]);
});

test('every token feels the whole response: the gradient is s / |o| on each', async () => {
  const first = (x: tf.Tensor): tf.Tensor =>
    tf.sum(tf.slice(sequenceRatio(x as tf.Tensor2D, OLD, MASK), [0, 0], [1, 1]));
  await expectAllclose(tf.grad(first)(tf.zerosLike(OLD)), [
    [2, 2, 0],
    [0, 0, 0],
  ]);
});

test('the ratio is finite however far the policy has moved, and the plugin says how', async () => {
  const far = sequenceRatio(tf.zeros([1, 3]), tf.fill([1, 3], -100), tf.ones([1, 3]));
  await expectAllclose(tf.max(far), Math.exp(20));
  expect(sequence.departures).toContain('±20');
});
