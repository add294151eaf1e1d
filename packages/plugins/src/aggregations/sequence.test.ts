import { tf } from '@dapo/core';
import { expectAllclose } from '@dapo/core/testing';
import { test } from 'vitest';
import { sequenceWeights } from './sequence.js';

/** One token, an empty response, three tokens. */
const mask = tf.tensor2d([
  [1, 0, 0],
  [0, 0, 0],
  [1, 1, 1],
]);

test('every response weighs the same; an empty one counts only where all do', async () => {
  const third = 1 / 3;
  await expectAllclose(sequenceWeights(mask, mask, 'non-empty'), [[0.5, 0, 0], [0, 0, 0], Array(3).fill(third / 2)]);
  await expectAllclose(sequenceWeights(mask, mask, 'all'), [[third, 0, 0], [0, 0, 0], Array(3).fill(third / 3)]);
});

test('a token that is put out may still count in its response', async () => {
  await expectAllclose(sequenceWeights(tf.tensor2d([[1, 0]]), tf.ones([1, 2]), 'all'), [[0.5, 0]]);
});
