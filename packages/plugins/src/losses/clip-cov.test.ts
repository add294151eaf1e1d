import { Random, registerZeroGradients, tf } from '@dapo/core';
import { expectAllclose, fixtureLossInputs, instantiate } from '@dapo/core/testing';
import { beforeAll, expect, test } from 'vitest';
import clipCov, { drawCovarying } from './clip-cov.js';

beforeAll(registerZeroGradients);

const settings = { low: 0.2, high: 0.2, share: 1, least: 0.3, most: 2 };
/** Covariances 1.12, −0.48, 0.32, −1.68, 3.12; the third is held by the clip where old log-probs say so. */
const batch = {
  logProbs: [
    [-1, -3, -2],
    [-1, -5, 9],
  ],
  advantages: [
    [1, 1, 1],
    [-1, -1, 9],
  ],
  mask: [
    [1, 1, 1],
    [1, 1, 0],
  ],
};

test('tokens between the bounds are put out, unless the clip holds them already', async () => {
  const onPolicy = fixtureLossInputs({ ...batch, oldLogProbs: batch.logProbs });
  await expectAllclose(drawCovarying(onPolicy, settings), [
    [1, 0, 1],
    [0, 0, 0],
  ]);
  const clipped = fixtureLossInputs({
    ...batch,
    oldLogProbs: [
      [-1, -3, -3],
      [-1, -5, 9],
    ],
  });
  await expectAllclose(drawCovarying(clipped, settings), [
    [1, 0, 0],
    [0, 0, 0],
  ]);
});

test('which ones are drawn hangs on seed and update alone', async () => {
  const logProbs = [Array.from({ length: 40 }, (_, t) => -1 - (t % 7))];
  const advantages = [Array.from({ length: 40 }, (_, t) => -(t % 7))];
  const draw = async (seed: number): Promise<number[]> => {
    const inputs = {
      ...fixtureLossInputs({ logProbs, oldLogProbs: logProbs, advantages }),
      random: new Random(seed),
    };
    return Array.from(await drawCovarying(inputs, { ...settings, share: 0.1, most: 99 }).data());
  };
  const first = await draw(1);
  expect(first.reduce((a, b) => a + b)).toBe(4);
  expect(await draw(1)).toEqual(first);
  expect(await draw(2)).not.toEqual(first);
});

test('a token put out has no loss and no gradient', async () => {
  const loss = await instantiate(clipCov);
  const total = (x: tf.Tensor): tf.Tensor => {
    const inputs = fixtureLossInputs({
      logProbs: x as tf.Tensor2D,
      oldLogProbs: [[-1, -1]],
      advantages: [[1, 1]],
    });
    return tf.sum(loss.perToken({ ...inputs, prepared: { selected: tf.tensor2d([[1, 0]]) } }).loss);
  };
  await expectAllclose(tf.grad(total)(tf.tensor2d([[-1, -1]])), [[0, -1]]);
});
