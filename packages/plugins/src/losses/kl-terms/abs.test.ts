import { tf } from '@dapo/core';
import { expectAllclose } from '@dapo/core/testing';
import { test } from 'vitest';
import { absoluteDifference } from './abs.js';

test('the estimate is the absolute log-ratio, with gradient 0 where the policies agree', async () => {
  const { value, grad } = tf.valueAndGrad((d: tf.Tensor) => tf.sum(absoluteDifference(d as tf.Tensor2D)))(
    tf.tensor2d([[0.5, -2, 0]]),
  );
  await expectAllclose(value, 2.5);
  await expectAllclose(grad, [[1, -1, 0]]);
});
