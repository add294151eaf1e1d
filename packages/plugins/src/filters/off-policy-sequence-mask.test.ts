import { tf, type TokenFilter } from '@dapo/core';
import { expectAllclose, instantiate, startOfRun } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import offPolicySequenceMask from './off-policy-sequence-mask.js';

/** Behaviour and current log-probs whose difference per token is that of each row; 9 lies outside the mask. */
const inputs = (drift: readonly (readonly number[])[], advantages: readonly number[]) => {
  const rows = drift.map((row) => [...row, 9]);
  const mask = rows.map((row) => row.map((value) => (value === 9 ? 0 : 1)));
  return {
    behaviourLogProbs: tf.tensor2d(rows.map((row) => row.map((value) => value - 1))),
    logProbs: tf.fill([rows.length, rows[0]!.length], -1) as tf.Tensor2D,
    oldLogProbs: tf.zeros([rows.length, rows[0]!.length]) as tf.Tensor2D,
    advantages: tf.tensor2d(rows.map((row, r) => row.map(() => advantages[r]!))),
    policyAge: tf.zeros([rows.length, rows[0]!.length]) as tf.Tensor2D,
    mask: tf.tensor2d(mask),
    progress: startOfRun,
  };
};

const select = async (given: ReturnType<typeof inputs>, options = {}): Promise<tf.Tensor> =>
  tf.mul(given.mask, ((await instantiate(offPolicySequenceMask, options)) as TokenFilter).select(given));

test('a bad response that has become unlikely is put out whole, a good one stays', async () => {
  const drifted = inputs(
    [
      [0, 1.2],
      [0, 1.2],
      [0, 0.8],
    ],
    [-1, 1, -1],
  );
  await expectAllclose(await select(drifted), [
    [0, 0, 0],
    [1, 1, 0],
    [1, 1, 0],
  ]);
});

test('one that has become likelier stays, and so does one without an advantage', async () => {
  await expectAllclose(
    await select(
      inputs(
        [
          [-3, -3],
          [3, 3],
        ],
        [-1, 0],
      ),
    ),
    [
      [1, 1, 0],
      [1, 1, 0],
    ],
  );
});

test('a response without a token is no danger to the others', async () => {
  const given = inputs(
    [
      [9, 9],
      [1, 1],
    ],
    [-1, -1],
  );
  await expectAllclose(await select(given, { threshold: 0.9 }), [
    [0, 0, 0],
    [0, 0, 0],
  ]);
  await expectAllclose(await select(given, { threshold: 1.1 }), [
    [0, 0, 0],
    [1, 1, 0],
  ]);
});

test('tokens that are put out count in the normaliser unless told otherwise', async () => {
  expect(await instantiate(offPolicySequenceMask)).toMatchObject({ countsFiltered: true });
  expect(await instantiate(offPolicySequenceMask, { countsFiltered: false })).toMatchObject({
    countsFiltered: false,
  });
});
