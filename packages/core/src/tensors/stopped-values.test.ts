import { expect, test } from 'vitest';
import { stopGradient } from './stop-gradient.js';
import { replacingStopped } from './stopped-values.js';
import { tf } from './tf.js';

test('a stopped value can be replaced, and is itself again afterwards', async () => {
  const double = (x: tf.Tensor): tf.Tensor => tf.mul(x, 2);
  expect(await replacingStopped(double, () => stopGradient(tf.scalar(3))).data()).toEqual(Float32Array.of(6));
  expect(await stopGradient(tf.scalar(3)).data()).toEqual(Float32Array.of(3));
});

test('the replacement ends where the function throws', async () => {
  expect(() =>
    replacingStopped(tf.neg, () => {
      throw new TypeError('within');
    }),
  ).toThrow('within');
  expect(await stopGradient(tf.scalar(3)).data()).toEqual(Float32Array.of(3));
});
