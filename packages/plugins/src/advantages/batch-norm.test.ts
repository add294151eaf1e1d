import { expectAllclose, fixtureAdvantageInputs, instantiate, type AdvantageMatrices } from '@dapo/core/testing';
import type { ResolvedConfig } from '@dapo/core';
import { expect, test } from 'vitest';
import batchNorm from './batch-norm.js';

const batch: AdvantageMatrices = {
  rewards: [[1, 0], [3]],
  mask: [
    [1, 1, 0],
    [1, 0, 0],
    [1, 1, 1],
  ],
};
type Options = Parameters<typeof instantiate<'advantage', NonNullable<typeof batchNorm.options>>>[1];

async function estimate(options: Options) {
  return (await instantiate(batchNorm, options)).estimate(fixtureAdvantageInputs(batch));
}

/** (x − mean) / std of some numbers, Bessel. */
function whitened(values: readonly number[]): number[] {
  const mean = values.reduce((a, b) => a + b) / values.length;
  const std = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1));
  return values.map((v) => (v - mean) / std);
}

test('over tokens a long response counts as often as it has tokens', async () => {
  const [a, b, c, d, e, f] = whitened([1, 1, 0, 3, 3, 3]);
  await expectAllclose(await estimate({}), [
    [a!, b!, 0],
    [c!, 0, 0],
    [d!, e!, f!],
  ]);
});

test('over responses each counts once', async () => {
  const [a, b, c] = whitened([1, 0, 3]);
  await expectAllclose(await estimate({ over: 'responses' }), [
    [a!, b!],
    [c!, 0],
  ]);
});

test('the group is taken off before the batch statistics, and a response alone keeps its reward', async () => {
  const [a, b, c, d, e, f] = whitened([0.5, 0.5, -0.5, 3, 3, 3]);
  await expectAllclose(await estimate({ baseline: 'group' }), [
    [a!, b!, 0],
    [c!, 0, 0],
    [d!, e!, f!],
  ]);
});

test('a discount makes early tokens matter less', async () => {
  const [a, b, c, d, e, f] = whitened([0.5, 1, 0, 0.75, 1.5, 3]);
  await expectAllclose(await estimate({ gamma: 0.5 }), [
    [a!, b!, 0],
    [c!, 0, 0],
    [d!, e!, f!],
  ]);
});

test('a discount that cannot act is warned of', () => {
  const given = { over: 'responses', baseline: 'none', gamma: 0.9, ddof: 1, eps: 1e-8 } as const;
  const remarks = batchNorm.check!(given, {} as ResolvedConfig, new Map());
  expect(remarks).toMatchObject([{ level: 'warning', path: 'gamma' }]);
});
