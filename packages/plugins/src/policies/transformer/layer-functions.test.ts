import { beforeAll, expect, test } from 'vitest';
import { tf } from '@dapo/core';
import { startWasm } from '../../../../../test/fixtures/tiny-policy.js';
import { rmsNorm, swiGlu } from './layer-functions.js';

beforeAll(startWasm);

const EPSILON = 1e-3;

/** The same functions without a gradient of their own. */
const plainNorm = (x: tf.Tensor2D): tf.Tensor2D =>
  tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.mul(x, x), -1, true), EPSILON)));
const plainGate = (gate: tf.Tensor2D, up: tf.Tensor2D): tf.Tensor2D => tf.mul(tf.mul(gate, tf.sigmoid(gate)), up);

/** Value and gradients under an uneven upstream gradient. */
async function sample(f: (...inputs: tf.Tensor2D[]) => tf.Tensor2D, count: number): Promise<number[][]> {
  const tensors = tf.tidy(() => {
    const inputs = Array.from(
      { length: count },
      (_, i) => tf.randomNormal([5, 7], 0, 1, 'float32', 3 + i) as tf.Tensor2D,
    );
    const upstream = tf.randomNormal([5, 7], 0, 1, 'float32', 9);
    const gradients = tf.grads((...x: tf.Tensor[]) => f(...(x as tf.Tensor2D[])))(inputs, upstream);
    return [f(...inputs), ...gradients];
  });
  const values = await Promise.all(tensors.map(async (tensor) => Array.from(await tensor.data())));
  tf.dispose(tensors);
  return values;
}

function expectClose(actual: number[][], expected: number[][]): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((values, i) => {
    const scale = Math.max(...values.map(Math.abs));
    expect(Math.max(...values.map((value, j) => Math.abs(value - actual[i]![j]!)))).toBeLessThan(1e-5 * scale);
  });
}

test('the closed gradient of the norm is that of its parts', async () => {
  expectClose(await sample((x) => rmsNorm(x!, EPSILON), 1), await sample((x) => plainNorm(x!), 1));
});

test('the closed gradient of the gate is that of its parts', async () => {
  expectClose(await sample((gate, up) => swiGlu(gate!, up!), 2), await sample((gate, up) => plainGate(gate!, up!), 2));
});
