import { test } from 'vitest';
import { expectAllclose } from '../testing/allclose.js';
import { boundedLog, logRatio } from './log-ratio.js';
import { tf } from './tf.js';

test('the log-ratio is 0 outside the mask, whatever stands there', async () => {
  const ratio = logRatio(tf.tensor2d([[-1, NaN]]), tf.tensor2d([[-1.5, -Infinity]]), tf.tensor2d([[1, 0]]));
  await expectAllclose(ratio, [[0.5, 0]]);
});

test('it is held within ±20, where its gradient is 0', async () => {
  const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => tf.sum(boundedLog(x)))(tf.tensor1d([-30, 3, 25]));
  await expectAllclose(value, 3);
  await expectAllclose(grad, [0, 1, 0]);
});
