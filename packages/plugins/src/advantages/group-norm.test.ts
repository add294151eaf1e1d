import fc from 'fast-check';
import { tf } from '@dapo/core';
import { expectAllclose, fixtureAdvantageInputs, instantiate } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import groupNormPlugin, { groupNorm } from './group-norm.js';

const settings = { ddof: 1, eps: 1e-6, scale: 'group' } as const;
const full = (rewards: number[][]): [tf.Tensor2D, tf.Tensor2D] => [
  tf.tensor2d(rewards),
  tf.onesLike(tf.tensor2d(rewards)),
];

test('a reward is measured in standard deviations of its group, Bessel or not', async () => {
  const [rewards, present] = full([[1, 0, 0, 0]]);
  await expectAllclose(groupNorm(rewards, present, settings), [[1.5, -0.5, -0.5, -0.5]], { relative: 1e-5 });
  const population = [[1.7320508, -0.5773503, -0.5773503, -0.5773503]];
  await expectAllclose(groupNorm(rewards, present, { ...settings, ddof: 0 }), population);
});

test('neither a shift nor a positive factor of the rewards changes an advantage', async () => {
  const rewards = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 3, maxLength: 8 });
  const change = fc.record({
    shift: fc.integer({ min: -3, max: 3 }),
    factor: fc.integer({ min: 1, max: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(rewards, change, async (row, { shift, factor }) => {
      const before = groupNorm(...full([row]), settings);
      const after = groupNorm(...full([row.map((reward) => factor * reward + shift)]), settings);
      await expectAllclose(after, (await before.array()) as number[][], { absolute: 1e-4 });
    }),
    { numRuns: 30 },
  );
});

test('equal rewards give exactly 0, where a float32 standard deviation would not', async () => {
  for (const scale of ['group', 'batch', 'none'] as const) {
    const values = await groupNorm(...full([Array(9).fill(0.95), [1, 0, 1, 0, 1, 0, 0.1, 0, 0]]), {
      ...settings,
      scale,
    }).data();
    expect(Array.from(values.slice(0, 9), Math.abs)).toEqual(Array(9).fill(0));
  }
});

test('groups differ in size, and one response alone has mean 0 and deviation 1', async () => {
  const estimator = await instantiate(groupNormPlugin);
  const advantages = estimator.estimate(fixtureAdvantageInputs({ rewards: [[1, 0, -1], [0.5]] }));
  await expectAllclose(advantages, [
    [1, 0, -1],
    [0.5, 0, 0],
  ]);
});

test('the scale is that of the group, of the batch or none', async () => {
  const [rewards, present] = full([
    [1, -1],
    [3, -3],
  ]);
  const batch = Math.sqrt(20 / 3);
  const scaled = [
    [1 / batch, -1 / batch],
    [3 / batch, -3 / batch],
  ];
  await expectAllclose(groupNorm(rewards, present, { ...settings, scale: 'batch' }), scaled);
  await expectAllclose(groupNorm(rewards, present, { ...settings, scale: 'none' }), [
    [1, -1],
    [3, -3],
  ]);
});
