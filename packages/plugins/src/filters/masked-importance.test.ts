import { tf, type TokenFilter } from '@dapo/core';
import { expectAllclose, instantiate, startOfRun } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import maskedImportance from './masked-importance.js';

const inputs = {
  oldLogProbs: tf.zeros([2, 2]) as tf.Tensor2D,
  behaviourLogProbs: tf.tensor2d([
    [-1, 1],
    [-2, -0.1],
  ]),
  mask: tf.ones([2, 2]) as tf.Tensor2D,
  advantages: tf.zeros([2, 2]) as tf.Tensor2D,
  policyAge: tf.zeros([2, 2]) as tf.Tensor2D,
  progress: startOfRun,
};

test('tokens that old and behaviour policy disagree on are put out', async () => {
  const filter = (await instantiate(maskedImportance)) as TokenFilter;
  await expectAllclose(filter.select(inputs), [
    [1, 0],
    [0, 1],
  ]);
  expect(filter.countsFiltered).toBe(true);
});

test('or whole responses, by the product', async () => {
  const filter = (await instantiate(maskedImportance, {
    level: 'sequence',
    countsFiltered: false,
  })) as TokenFilter;
  await expectAllclose(filter.select(inputs), [
    [1, 1],
    [0, 0],
  ]);
  expect(filter.countsFiltered).toBe(false);
});
