import { beforeAll, test } from 'vitest';
import { expectAllclose } from '../testing/allclose.js';
import { klPerToken, squaredDifference, type KlGradient } from './kl-estimates.js';
import { tf } from './tf.js';
import { registerZeroGradients } from './zero-gradients.js';

beforeAll(registerZeroGradients);

const plain: KlGradient = { straightThrough: false, timesRatio: false };
const start = tf.tensor2d([[-1, -2]]);

/** Value and gradient of the estimate d² / 2 · 3, at d = 0.5 and one token outside the mask. */
function evaluate(form: KlGradient) {
  return tf.valueAndGrad((x: tf.Tensor) => {
    const logProbs = x as tf.Tensor2D;
    const ratio = tf.exp(tf.sub(logProbs, [[-1, -2]])) as tf.Tensor2D;
    const inputs = {
      logProbs,
      referenceLogProbs: tf.tensor2d([[-1.5, NaN]]),
      ratio,
      mask: tf.tensor2d([[1, 0]]),
    };
    return tf.sum(klPerToken((d) => tf.mul(squaredDifference(d), 3), inputs, form));
  })(start);
}

test('the gradient is the one of the estimate unless another is asked for', async () => {
  const { value, grad } = evaluate(plain);
  await expectAllclose(value, 0.375);
  await expectAllclose(grad, [[1.5, 0]]);
});

test('straight through keeps the value and takes the gradient of k2', async () => {
  const { value, grad } = evaluate({ ...plain, straightThrough: true });
  await expectAllclose(value, 0.375);
  await expectAllclose(grad, [[0.5, 0]]);
});

test('times the ratio the gradient goes through both', async () => {
  const { value, grad } = evaluate({ ...plain, timesRatio: true });
  await expectAllclose(value, 0.375);
  await expectAllclose(grad, [[1.5 + 0.375, 0]]);
});
