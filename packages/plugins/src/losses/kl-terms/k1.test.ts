import { tf, type ResolvedConfig } from '@dapo/core';
import { expectAllclose } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import k1, { logDifference } from './k1.js';

test('the estimate is the log-ratio, of either sign', async () => {
  await expectAllclose(logDifference(tf.tensor2d([[0.5, -2]])), [[0.5, -2]]);
});

test('as a plain loss it is warned of, and not in the forms that pull', () => {
  const config = {} as ResolvedConfig;
  expect(k1.check!({ straightThrough: false, timesRatio: false }, config, new Map())).toMatchObject([
    { level: 'warning' },
  ]);
  expect(k1.check!({ straightThrough: true, timesRatio: false }, config, new Map())).toEqual([]);
  expect(k1.check!({ straightThrough: false, timesRatio: true }, config, new Map())).toEqual([]);
});
