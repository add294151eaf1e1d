import { tf } from '@dapo/core';
import { expectAllclose } from '@dapo/core/testing';
import { test } from 'vitest';
import { passAtK } from './pass-at-k.js';

const plain = { norm: false, ddof: 1, eps: 1e-6 } as const;

test('only the best response has an advantage, its lead over the second best', async () => {
  const rewards = tf.tensor2d([
    [1, 0.25, 0],
    [-3, -1, 9],
  ]);
  await expectAllclose(
    passAtK(
      rewards,
      tf.tensor2d([
        [1, 1, 1],
        [1, 1, 0],
      ]),
      plain,
    ),
    [
      [0.75, 0, 0],
      [0, 2, 0],
    ],
  );
});

test('a shared best place and a response alone give 0', async () => {
  const rewards = tf.tensor2d([
    [1, 1, 0],
    [5, 9, 9],
  ]);
  await expectAllclose(
    passAtK(
      rewards,
      tf.tensor2d([
        [1, 1, 1],
        [1, 0, 0],
      ]),
      plain,
    ),
    [
      [0, 0, 0],
      [0, 0, 0],
    ],
  );
});

test('the lead may be measured in standard deviations of the group', async () => {
  await expectAllclose(passAtK(tf.tensor2d([[2, 0]]), tf.ones([1, 2]), { ...plain, norm: true }), [[Math.SQRT2, 0]]);
});
