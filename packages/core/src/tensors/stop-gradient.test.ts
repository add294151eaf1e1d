import { test } from 'vitest';
import { expectAllclose } from '../testing/allclose.js';
import { stopGradient } from './stop-gradient.js';
import { tf } from './tf.js';

test('the value stays and the gradient is 0', async () => {
  const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => tf.sum(tf.mul(x, stopGradient(tf.square(x)))))(
    tf.tensor1d([2, 3]),
  );
  await expectAllclose(value, 8 + 27);
  await expectAllclose(grad, [4, 9]);
});
