import { expect, test } from 'vitest';
import { tf } from '../tensors/tf.js';
import { expectAllclose } from './allclose.js';
import { finiteDifference, relativeDistance } from './finite-difference.js';

test('central differences give the gradient of a cubic to 1e-3', async () => {
  const before = tf.memory().numTensors;
  const x = tf.tensor2d([
    [1, -2],
    [0.5, 3],
  ]);
  const gradient = await finiteDifference((y) => tf.sum(tf.pow(y, 3)), x);
  x.dispose();
  await expectAllclose(gradient, [3, 12, 0.75, 27], { relative: 1e-3 });
  expect(tf.memory().numTensors).toBe(before);
});

test('a relative distance is measured in the norm', () => {
  expect(relativeDistance([3, 4], [3, 4])).toBe(0);
  expect(relativeDistance([3, 4.5], [3, 4])).toBeCloseTo(0.1);
  expect(relativeDistance([1, 0], [0, 0])).toBe(1);
});
