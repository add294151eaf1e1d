import { test } from 'vitest';
import { expectAllclose } from '../testing/allclose.js';
import { tf } from './tf.js';
import { whiten } from './whiten.js';

const settings = { ddof: 1, eps: 1e-8 };

test('mean 0 and variance 1 over the mask, 0 outside it', async () => {
  const x = tf.tensor2d([
    [1, 2, 77],
    [3, NaN, 6],
  ]);
  const mask = tf.tensor2d([
    [1, 1, 0],
    [1, 0, 1],
  ]);
  const std = Math.sqrt((4 + 1 + 0 + 9) / 3);
  await expectAllclose(whiten(x, mask, settings), [
    [-2 / std, -1 / std, 0],
    [0, 0, 3 / std],
  ]);
});

test('equal elements give exactly 0', async () => {
  const x = tf.fill([9], 0.95);
  await expectAllclose(whiten(x, tf.onesLike(x), settings), Array(9).fill(0), { relative: 0, absolute: 0 });
});

test('one element gives 0', async () => {
  await expectAllclose(whiten(tf.tensor1d([5, 9]), tf.tensor1d([1, 0]), settings), [0, 0]);
});
