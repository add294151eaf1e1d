import { registerZeroGradients, tf } from '@dapo/core';
import { expectAllclose } from '@dapo/core/testing';
import { beforeAll, expect, test } from 'vitest';
import { optionsSchema } from '@dapo/core';
import dualClipPlugin, { dualClip, dualClipBinds } from './dual-clip.js';

beforeAll(registerZeroGradients);

const bounds = { low: 0.2, high: 0.28, ceiling: 3 };
const ratio = tf.tensor2d([[5, 2, 5, 0.5]]);
const advantages = tf.tensor2d([[-1, -1, 1, -1]]);

test('beyond the ceiling a negative advantage costs no more and has no gradient', async () => {
  await expectAllclose(dualClip(ratio, advantages, bounds), [[3, 2, -1.28, 0.8]]);
  const gradient = tf.grad((r: tf.Tensor) => tf.sum(dualClip(r as tf.Tensor2D, advantages, bounds)))(ratio);
  await expectAllclose(gradient, [[0, 1, 0, 0]]);
  await expectAllclose(dualClipBinds(ratio, advantages, bounds), [[1, 0, 0, 0]]);
});

test('a ceiling of 1 or less is refused', () => {
  expect(optionsSchema(dualClipPlugin).safeParse({ ceiling: 1 }).success).toBe(false);
});
