import { tf } from '@dapo/core';
import { expectAllclose, instantiate } from '@dapo/core/testing';
import { test } from 'vitest';
import truncated, { truncatedImportance } from './truncated-importance.js';

const inputs = {
  oldLogProbs: tf.log([
    [0.8, 0.2],
    [0.3, 0.5],
  ]) as tf.Tensor2D,
  behaviourLogProbs: tf.log([
    [0.2, 0.4],
    [0.3, 0.5],
  ]) as tf.Tensor2D,
  mask: tf.tensor2d([
    [1, 1],
    [1, 0],
  ]),
};
const plain = { level: 'token', cap: 2, batchNormalize: false } as const;

test('weights are capped, and 0 outside the mask', async () => {
  await expectAllclose(truncatedImportance(inputs, plain), [
    [2, 0.5],
    [1, 0],
  ]);
  await expectAllclose(truncatedImportance(inputs, { ...plain, level: 'sequence', cap: 1.5 }), [
    [1.5, 1.5],
    [1, 0],
  ]);
});

test('normalised weights have mean 1 over tokens, or over responses', async () => {
  const normalized = { ...plain, batchNormalize: true };
  const mean = 3.5 / 3;
  await expectAllclose(truncatedImportance(inputs, normalized), [
    [2 / mean, 0.5 / mean],
    [1 / mean, 0],
  ]);
  const sequence = truncatedImportance(inputs, { ...normalized, level: 'sequence' });
  await expectAllclose(sequence, [
    [2 / 1.5, 2 / 1.5],
    [1 / 1.5, 0],
  ]);
});

test('metrics see the weight before the cap', async () => {
  const { metrics } = (await instantiate(truncated)).weights(inputs);
  await expectAllclose(metrics!['weight-max']!, [
    [4, 0.5],
    [1, 0],
  ]);
  await expectAllclose(metrics!['truncated-fraction']!, [
    [1, 0],
    [0, 0],
  ]);
});
