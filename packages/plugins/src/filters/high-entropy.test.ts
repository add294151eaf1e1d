import { tf } from '@dapo/core';
import { expectAllclose } from '@dapo/core/testing';
import { test } from 'vitest';
import { highEntropy } from './high-entropy.js';

test('the share is taken over the whole mini-batch, not of each response', async () => {
  const entropy = tf.tensor2d([
    [5, 4, 99],
    [1, 2, 3],
  ]);
  const mask = tf.tensor2d([
    [1, 1, 0],
    [1, 1, 1],
  ]);
  await expectAllclose(highEntropy(entropy, mask, 0.2), [
    [1, 0, 0],
    [0, 0, 0],
  ]);
  await expectAllclose(highEntropy(entropy, mask, 0.5), [
    [1, 1, 0],
    [0, 0, 1],
  ]);
  await expectAllclose(highEntropy(entropy, mask, 1), [
    [1, 1, 0],
    [1, 1, 1],
  ]);
});

test('ties at the threshold are all kept', async () => {
  await expectAllclose(highEntropy(tf.tensor2d([[1, 1, 1, 0]]), tf.ones([1, 4]), 0.25), [[1, 1, 1, 0]]);
});
