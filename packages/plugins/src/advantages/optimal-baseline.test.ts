import { tf } from '@dapo/core';
import { expectAllclose } from '@dapo/core/testing';
import { test } from 'vitest';
import { optimalBaseline } from './optimal-baseline.js';

test('long responses weigh more in the baseline', async () => {
  const rewards = tf.tensor2d([
    [1, 0, 9],
    [2, -1, 3],
  ]);
  const lengths = tf.tensor2d([
    [1, 3, 9],
    [0, 0, 0],
  ]);
  const present = tf.tensor2d([
    [1, 1, 0],
    [1, 1, 1],
  ]);
  await expectAllclose(optimalBaseline(rewards, lengths, present), [
    [0.75, -0.25, 0],
    [2, -1, 3],
  ]);
});

test('with that baseline the length-weighted advantages sum to 0', async () => {
  const lengths = tf.tensor2d([[3, 7, 11]]);
  const advantages = optimalBaseline(tf.tensor2d([[1, -1, 0.5]]), lengths, tf.ones([1, 3]));
  await expectAllclose(tf.sum(tf.mul(advantages, lengths)), 0, { absolute: 1e-5 });
});
