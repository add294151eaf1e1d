import { tf } from '@dapo/core';
import { describeContract } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import plugin, { rangeAdvantages } from './my-advantage.js';

// What every plugin of this kind must hold to: shapes, masks, order, gradients, edge cases, leaks, state.
describeContract(plugin);

const read = async (
  rewards: number[][],
  scale = true,
  present = rewards.map((row) => row.map(() => 1)),
): Promise<number[]> => [
  ...(await tf.tidy(() => rangeAdvantages(tf.tensor2d(rewards), tf.tensor2d(present), scale)).data()),
];

test('distances from the mean in units of the range, by hand', async () => {
  expect(await read([[1, 0, 0, 0]])).toEqual([0.75, -0.25, -0.25, -0.25]);
  expect(await read([[5, 1]])).toEqual([0.5, -0.5]);
  expect(await read([[5, 1]], false)).toEqual([2, -2]);
});

test('equal rewards and empty places give 0', async () => {
  expect(await read([[3, 3, 3]])).toEqual([0, 0, 0]);
  expect(await read([[1, 0, 9]], true, [[1, 1, 0]])).toEqual([0.5, -0.5, 0]);
});
