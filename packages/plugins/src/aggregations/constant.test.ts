import { tf } from '@dapo/core';
import { expectAllclose, instantiate } from '@dapo/core/testing';
import { test } from 'vitest';
import constant from './constant.js';

const mask = tf.tensor2d([
  [1, 0],
  [1, 1],
]);
const inputs = {
  mask,
  counted: mask,
  groupOf: tf.tensor1d([0, 0], 'int32'),
  groups: 1,
  maxResponseLength: 4,
};

test('weights hang on no length: they are 1 / (R · L), L the length limit unless given', async () => {
  await expectAllclose((await instantiate(constant)).weights(inputs), [
    [1 / 8, 0],
    [1 / 8, 1 / 8],
  ]);
  await expectAllclose((await instantiate(constant, { length: 10 })).weights(inputs), [
    [1 / 20, 0],
    [1 / 20, 1 / 20],
  ]);
});
