import { tf } from '@dapo/core';
import { expectAllclose, instantiate } from '@dapo/core/testing';
import { test } from 'vitest';
import masked, { maskedImportance } from './masked-importance.js';

test('a weight outside its bounds becomes 0, one on a bound stays', async () => {
  await expectAllclose(maskedImportance(tf.tensor2d([[0.4, 0.5, 1, 5, 6]]), { low: 0.5, high: 5 }), [
    [0, 0.5, 1, 5, 0],
  ]);
});

test('the masked share counts tokens of the mask', async () => {
  const inputs = {
    oldLogProbs: tf.zeros([1, 3]),
    behaviourLogProbs: tf.tensor2d([[-3, 0, -3]]),
    mask: tf.tensor2d([[1, 1, 0]]),
  };
  const { weights, metrics } = (await instantiate(masked)).weights(inputs as never);
  await expectAllclose(weights, [[0, 1, 0]]);
  await expectAllclose(metrics!['masked-fraction']!, [[1, 0, 0]]);
});
