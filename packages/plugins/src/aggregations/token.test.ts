import { tf } from '@dapo/core';
import { expectAllclose } from '@dapo/core/testing';
import { test } from 'vitest';
import { tokenWeights } from './token.js';

test('every token weighs the same, and the weights sum to 1', async () => {
  const mask = tf.tensor2d([
    [1, 0, 0],
    [1, 1, 1],
  ]);
  await expectAllclose(tokenWeights(mask, mask), [
    [0.25, 0, 0],
    [0.25, 0.25, 0.25],
  ]);
});

test('two responses of 1 and 3 tokens, advantages 1 and −1: 0.5, not the 0 of a mean of means', async () => {
  const mask = tf.tensor2d([
    [1, 0, 0],
    [1, 1, 1],
  ]);
  const loss = tf.tensor2d([
    [-1, 0, 0],
    [1, 1, 1],
  ]);
  await expectAllclose(tf.sum(tf.mul(tokenWeights(mask, mask), loss)), 0.5);
});

test('a token that is put out may still count, and a batch without a token has no weights', async () => {
  const mask = tf.tensor2d([[1, 0]]);
  await expectAllclose(tokenWeights(mask, tf.ones([1, 2])), [[0.5, 0]]);
  await expectAllclose(tokenWeights(tf.zeros([1, 2]), tf.zeros([1, 2])), [[0, 0]]);
});
