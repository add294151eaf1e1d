import { tf, type ResolvedConfig, type TokenFilter, type TokenFilterInputs } from '@dapo/core';
import { expectAllclose, instantiate } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import maxStaleness from './max-staleness.js';

/** Four updates per rollout. */
const config = {
  rollout: { prompts: 4, groupSize: 8 },
  update: { miniBatch: 8, epochs: 1 },
} as ResolvedConfig;
const policyAge = [3, 4, 7, 8].map((age) => [age, age]);
const inputs = { policyAge: tf.tensor2d(policyAge) } as TokenFilterInputs;

const select = async (options: { max?: number }): Promise<tf.Tensor> =>
  ((await instantiate(maxStaleness, options, { config })) as TokenFilter).select(inputs);

test('responses of one rollout ago stay by default, those of two are put out', async () => {
  await expectAllclose(
    await select({}),
    [1, 1, 1, 0].map((kept) => [kept, kept]),
  );
});

test('the bound may be given in optimizer steps', async () => {
  await expectAllclose(
    await select({ max: 3 }),
    [1, 0, 0, 0].map((kept) => [kept, kept]),
  );
});

test('a bound that the last update of a fresh rollout breaks is warned of', () => {
  expect(maxStaleness.check!({ max: 2, countsFiltered: false }, config, new Map())).toMatchObject([
    { level: 'warning' },
  ]);
  expect(maxStaleness.check!({ max: 3, countsFiltered: false }, config, new Map())).toEqual([]);
});
