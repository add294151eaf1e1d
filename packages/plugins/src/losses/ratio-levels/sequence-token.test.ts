import { tf } from '@dapo/core';
import { expectAllclose } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import { sequenceRatio } from './sequence.js';
import sequenceToken, { sequenceTokenRatio } from './sequence-token.js';

const OLD = tf.log([
  [0.5, 0.125, 0.3],
  [0.25, 0.5, 0.3],
]) as tf.Tensor2D;
const MASK = tf.tensor2d([
  [1, 1, 0],
  [1, 1, 1],
]);
const zeros = tf.zerosLike(OLD);

test('the value is that of the sequence ratio', async () => {
  const difference = tf.sub(sequenceTokenRatio(zeros, OLD, MASK), sequenceRatio(zeros, OLD, MASK));
  await expectAllclose(tf.mul(difference, MASK), [
    [0, 0, 0],
    [0, 0, 0],
  ]);
});

test('the gradient of a token is its own, so that advantages may differ within a response', async () => {
  const weighted = (x: tf.Tensor): tf.Tensor =>
    tf.sum(
      tf.mul(sequenceTokenRatio(x as tf.Tensor2D, OLD, MASK), [
        [1, -1, 0],
        [0, 0, 0],
      ]),
    );
  await expectAllclose(tf.grad(weighted)(zeros), [
    [4, -4, 0],
    [0, 0, 0],
  ]);
});

test('with one advantage per response the mean has the gradient of the sequence ratio', async () => {
  const over =
    (ratio: typeof sequenceRatio) =>
    (x: tf.Tensor): tf.Tensor =>
      tf.sum(tf.mul(ratio(x as tf.Tensor2D, OLD, MASK), MASK));
  const [token, sequence] = [tf.grad(over(sequenceTokenRatio))(zeros), tf.grad(over(sequenceRatio))(zeros)];
  await expectAllclose(token, (await sequence.array()) as number[][]);
});

test('the ratio is finite however far the policy has moved, and the plugin says how', async () => {
  const far = sequenceTokenRatio(tf.zeros([1, 3]), tf.fill([1, 3], -100), tf.ones([1, 3]));
  await expectAllclose(tf.max(far), Math.exp(20));
  expect(sequenceToken.departures).toContain('±20');
});
