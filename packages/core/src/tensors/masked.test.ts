import { expect, test } from 'vitest';
import { expectAllclose } from '../testing/allclose.js';
import { inside, maskedMean, maskedSum, rowSum } from './masked.js';
import { tf } from './tf.js';

const x = tf.tensor2d([
  [1, NaN],
  [3, Infinity],
]);
const mask = tf.tensor2d([
  [1, 0],
  [1, 0],
]);

test('what lies outside the mask may be NaN or infinite', async () => {
  await expectAllclose(inside(x, mask), [
    [1, 0],
    [3, 0],
  ]);
  await expectAllclose(maskedSum(x, mask), 4);
  await expectAllclose(maskedMean(x, mask), 2);
  await expectAllclose(rowSum(x, mask), [[1], [3]]);
});

test('the mean of an empty mask is 0', async () => {
  await expectAllclose(maskedMean(x, tf.zerosLike(mask)), 0);
});

test('no tensor is left over', () => {
  const before = tf.memory().numTensors;
  tf.tidy(() => maskedMean(x, mask).dispose());
  expect(tf.memory().numTensors).toBe(before);
});
