import { tf } from '@dapo/core';
import { describeContract } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import plugin, { cappedWeights } from './my-correction.js';

// What every plugin of this kind must hold to: shapes, masks, order, gradients, edge cases, leaks, state.
describeContract(plugin);

test('the ratio of old to behaviour probability, at most the cap, 0 outside the mask', async () => {
  const weights = tf.tidy(() =>
    cappedWeights(
      {
        oldLogProbs: tf.log(tf.tensor2d([[0.5, 0.9, 0.2]])),
        behaviourLogProbs: tf.log(tf.tensor2d([[0.4, 0.1, 0.4]])),
        mask: tf.tensor2d([[1, 1, 0]]),
      },
      2,
    ),
  );
  const [likelier, capped, outside] = await weights.data();
  expect(likelier).toBeCloseTo(1.25, 5);
  expect([capped, outside]).toEqual([2, 0]);
});
