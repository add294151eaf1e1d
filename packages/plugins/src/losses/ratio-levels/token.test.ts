import { tf } from '@dapo/core';
import { expectAllclose } from '@dapo/core/testing';
import { test } from 'vitest';
import { tokenRatio } from './token.js';

test('each token has its own ratio, and 1 outside the mask', async () => {
  const [logProbs, old] = [tf.tensor2d([[0.6, 0.1, NaN]]), tf.tensor2d([[0.3, 0.4, 0.5]])].map((p) => tf.log(p));
  const ratio = tokenRatio(logProbs!, old!, tf.tensor2d([[1, 1, 0]]));
  await expectAllclose(ratio, [[2, 0.25, 1]]);
});

test('on-policy the ratio is exactly 1', async () => {
  const logProbs = tf.tensor2d([[-0.123, -4.567]]);
  await expectAllclose(tokenRatio(logProbs, logProbs, tf.onesLike(logProbs)), [[1, 1]], {
    relative: 0,
    absolute: 0,
  });
});
