import { tf } from '@dapo/core';
import { expectAllclose } from '@dapo/core/testing';
import { test } from 'vitest';
import { sequenceProduct } from './sequence-product.js';

test('all tokens of a response have the product of its ratios', async () => {
  const old = tf.log([
    [0.5, 0.125, 0.3],
    [0.25, 0.5, 0.3],
  ]) as tf.Tensor2D;
  const mask = tf.tensor2d([
    [1, 1, 0],
    [0, 0, 0],
  ]);
  await expectAllclose(sequenceProduct(tf.zerosLike(old), old, mask), [
    [16, 16, 16],
    [1, 1, 1],
  ]);
});

test('a long response stays finite', async () => {
  const logProbs = tf.zeros([1, 200]) as tf.Tensor2D;
  const ratio = sequenceProduct(logProbs, tf.fill([1, 200], -1), tf.onesLike(logProbs));
  await expectAllclose(tf.max(ratio), Math.exp(20));
});
