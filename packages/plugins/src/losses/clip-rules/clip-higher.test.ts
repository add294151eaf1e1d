import { registerZeroGradients, tf, type LossOutputs } from '@dapo/core';
import { expectAllclose, fixtureLossInputs, instantiate } from '@dapo/core/testing';
import { beforeAll, test } from 'vitest';
import clipHigher from './clip-higher.js';

beforeAll(registerZeroGradients);

async function gradientOf(ratio: number[][], advantages: number[][], options = {}): Promise<tf.Tensor> {
  const rule = await instantiate(clipHigher, options);
  const inputs = fixtureLossInputs({ logProbs: ratio, advantages });
  const total = (r: tf.Tensor): tf.Tensor =>
    tf.sum((rule.perToken({ ...inputs, ratio: r as tf.Tensor2D }) as LossOutputs).loss);
  return tf.grad(total)(tf.tensor2d(ratio));
}

test('with a positive advantage the gradient is 0 above 1 + high, not between 1 + low and 1 + high', async () => {
  await expectAllclose(await gradientOf([[0.5, 1.25, 1.3]], [[1, 1, 1]]), [[-1, -1, 0]]);
});

test('with a negative advantage it is 0 below 1 − low only', async () => {
  await expectAllclose(await gradientOf([[0.79, 0.81, 5]], [[-1, -1, -1]]), [[0, 1, 1]]);
});

test('high says how far an unlikely token may rise', async () => {
  await expectAllclose(await gradientOf([[1.3]], [[1]], { high: 0.4 }), [[-1]]);
});
