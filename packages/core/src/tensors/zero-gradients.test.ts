import { beforeAll, test } from 'vitest';
import { expectAllclose } from '../testing/allclose.js';
import { tf } from './tf.js';
import { registerZeroGradients } from './zero-gradients.js';

beforeAll(registerZeroGradients);

test('a selection by comparison can stand in a differentiated function', async () => {
  const f = (x: tf.Tensor): tf.Tensor =>
    tf.sum(tf.where(tf.logicalAnd(tf.greater(x, 1), tf.less(x, 4)), tf.square(x), x));
  await expectAllclose(tf.grad(f)(tf.tensor1d([0.5, 2, 5])), [1, 4, 1]);
});
