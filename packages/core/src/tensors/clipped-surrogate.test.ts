import { beforeAll, test } from 'vitest';
import { expectAllclose } from '../testing/allclose.js';
import { clipBinds, clippedSurrogate } from './clipped-surrogate.js';
import { clipMetrics } from './clip-metrics.js';
import { tf } from './tf.js';
import { registerZeroGradients } from './zero-gradients.js';

beforeAll(registerZeroGradients);

const bounds = { low: 0.2, high: 0.28 };
/** Below, inside and above the bounds, for both signs of the advantage. */
const ratio = tf.tensor2d([
  [0.5, 1.25, 1.5],
  [0.5, 0.9, 1.5],
]);
const advantages = tf.tensor2d([
  [1, 1, 1],
  [-1, -1, -1],
]);

test('the loss is the smaller of clipped and unclipped surrogate, negated', async () => {
  await expectAllclose(clippedSurrogate(ratio, advantages, bounds), [
    [-0.5, -1.25, -1.28],
    [0.8, 0.9, 1.5],
  ]);
});

test('where the clip binds is where the gradient is 0', async () => {
  const binds = clipBinds(ratio, advantages, bounds);
  await expectAllclose(binds.low, [
    [0, 0, 0],
    [1, 0, 0],
  ]);
  await expectAllclose(binds.high, [
    [0, 0, 1],
    [0, 0, 0],
  ]);
  const gradient = tf.grad((r: tf.Tensor) => tf.sum(clippedSurrogate(r as tf.Tensor2D, advantages, bounds)))(ratio);
  await expectAllclose(tf.equal(gradient, 0), tf.add(binds.low, binds.high));
});

test('the metrics count each bound and both', async () => {
  const metrics = clipMetrics(clipBinds(ratio, advantages, bounds));
  await expectAllclose(metrics['clip-fraction']!, [
    [0, 0, 1],
    [1, 0, 0],
  ]);
  await expectAllclose(metrics['clip-fraction-low']!, [
    [0, 0, 0],
    [1, 0, 0],
  ]);
  await expectAllclose(metrics['clip-fraction-high']!, [
    [0, 0, 1],
    [0, 0, 0],
  ]);
});
