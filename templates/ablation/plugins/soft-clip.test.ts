import { tf } from '@dapo/core';
import { describeContract } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import plugin, { softGate } from './soft-clip.js';

// What every clip rule must hold to: shapes, masks, gradients, edge cases, leaks.
describeContract(plugin);

const row = (...values: number[]): tf.Tensor2D => tf.tensor2d([values]);
const gradient = (ratios: number[], advantages: number[]): Promise<Float32Array> =>
  tf
    .grad((ratio: tf.Tensor) => softGate(ratio as tf.Tensor2D, row(...advantages), 4).sum())(row(...ratios))
    .data() as never;

test('at a ratio of 1 the gradient is −A, as without any clip', async () => {
  expect([...(await gradient([1, 1], [2, -0.5]))]).toEqual([-2, 0.5]);
});

test('it fades on both sides of 1 and never ends: τ = 4, r = 1 ± 0.5 leave 4 σ(2) σ(−2) = 0.42', async () => {
  const [above, below] = await gradient([1.5, 0.5], [1, 1]);
  expect(above).toBeCloseTo(-0.419974, 5);
  expect(below).toBeCloseTo(-0.419974, 5);
});
