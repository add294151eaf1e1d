import { test } from 'vitest';
import { expectAllclose } from '../testing/allclose.js';
import { absolute } from './absolute.js';
import { tf } from './tf.js';

test('|x| has gradient 0 at 0', async () => {
  const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => tf.sum(absolute(x)))(tf.tensor1d([-2, 0, 3]));
  await expectAllclose(value, 5);
  await expectAllclose(grad, [-1, 0, 1]);
});
