import { tf } from '@dapo/core';
import { describeContract } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import plugin, { lengthWeights } from './my-aggregation.js';

// What every plugin of this kind must hold to: shapes, masks, order, gradients, edge cases, leaks, state.
describeContract(plugin);

/** Responses of 1 and 4 tokens. */
const weights = async (power: number): Promise<number[]> => {
  const mask = tf.tensor2d([
    [1, 0, 0, 0],
    [1, 1, 1, 1],
  ]);
  return [...(await tf.tidy(() => lengthWeights({ mask, counted: mask }, power)).data())];
};

test('power 0 weighs tokens, 1 responses, and 0.5 lies between', async () => {
  for (const [power, expected] of [
    [0, [0.2, 0.2]],
    [1, [0.5, 0.125]],
    [0.5, [1 / 3, 1 / 6]],
  ] as const) {
    const all = await weights(power);
    expect(all[0]).toBeCloseTo(expected[0], 6);
    expect(all[4]).toBeCloseTo(expected[1], 6);
    expect(all.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 6);
    expect(all.slice(1, 4)).toEqual([0, 0, 0]);
  }
});
