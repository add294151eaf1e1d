import { tf } from '@dapo/core';
import { expectAllclose } from '@dapo/core/testing';
import { test } from 'vitest';
import { halfSquare } from './k2.js';

test('the estimate is half the squared log-ratio', async () => {
  await expectAllclose(halfSquare(tf.tensor2d([[0.5, -2]])), [[0.125, 2]]);
});
