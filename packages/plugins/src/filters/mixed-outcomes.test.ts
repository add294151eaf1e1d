import { tf, type GroupFilter } from '@dapo/core';
import { expectAllclose, fixtureGroup, fixtureResponse, instantiate } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import mixedOutcomes, { outcomes } from './mixed-outcomes.js';

const groupOf = (correct: readonly (boolean | undefined)[]) =>
  fixtureGroup(correct.map((c) => fixtureResponse({ correct: c })));

test('a group is all right, all wrong or mixed, whatever its size', async () => {
  const correct = tf.tensor2d([
    [1, 1, 0],
    [1, 0, 1],
    [0, 0, 1],
    [1, 1, 1],
  ]);
  const present = tf.tensor2d([
    [1, 1, 0],
    [1, 1, 1],
    [1, 1, 0],
    [1, 1, 1],
  ]);
  await expectAllclose(outcomes(correct, present), [1, 0, -1, 1]);
});

test('groups without a difference are dropped, with what they came to as the reason', async () => {
  const filter = (await instantiate(mixedOutcomes)) as GroupFilter;
  const before = tf.memory().numTensors;
  const judged = await filter.judge([
    groupOf([true, false]),
    groupOf([true, true]),
    groupOf([false]),
    groupOf([undefined, true]),
  ]);
  expect(judged).toEqual([
    { verdict: 'keep' },
    { verdict: 'drop', reason: 'all right' },
    { verdict: 'drop', reason: 'all wrong' },
    { verdict: 'keep' },
  ]);
  expect(tf.memory().numTensors).toBe(before);
});
