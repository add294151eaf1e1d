import { tf } from '@dapo/core';
import { describeContract } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import plugin, { limitedRatio } from './my-ratio-level.js';

// What every plugin of this kind must hold to: shapes, masks, order, gradients, edge cases, leaks, state.
describeContract(plugin);

test('the quotient of the probabilities, held within the limit, 1 outside the mask', async () => {
  const ratio = tf.tidy(() =>
    limitedRatio(
      {
        logProbs: tf.log(tf.tensor2d([[0.6, 0.9, 0.9]])),
        oldLogProbs: tf.log(tf.tensor2d([[0.5, 0.01, 0.1]])),
        mask: tf.tensor2d([[1, 1, 0]]),
      },
      Math.log(4),
    ),
  );
  const [within, beyond, outside] = await ratio.data();
  expect(within).toBeCloseTo(1.2, 5);
  expect(beyond).toBeCloseTo(4, 5);
  expect(outside).toBe(1);
});
