import { tf } from '@dapo/core';
import { expectAllclose } from '@dapo/core/testing';
import { test } from 'vitest';
import { unclippedSurrogate } from './none.js';

test('the loss is −r·A however far the ratio is', async () => {
  await expectAllclose(unclippedSurrogate(tf.tensor2d([[1.5, 40]]), tf.tensor2d([[2, -1]])), [[-3, 40]]);
});
