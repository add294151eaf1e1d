import { tf } from '@dapo/core';
import { expectAllclose } from '@dapo/core/testing';
import { test } from 'vitest';
import { reinforce } from './reinforce.js';

test('the gradient by log π is −A', async () => {
  const advantages = tf.tensor2d([[2, -0.5]]);
  const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => tf.sum(reinforce(advantages, x as tf.Tensor2D)))(
    tf.tensor2d([[-1, -3]]),
  );
  await expectAllclose(value, 2 - 1.5);
  await expectAllclose(grad, [[-2, 0.5]]);
});
