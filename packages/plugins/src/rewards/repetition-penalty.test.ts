import { fixtureGroup, fixturePrompt, fixtureResponse, instantiate } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import repetitionPenalty, { repeatedShare } from './repetition-penalty.js';

test('the repeated share is 0 without a repetition and near 1 for one token over and over', () => {
  expect(repeatedShare([1, 2, 3, 4], 2)).toBe(0);
  expect(repeatedShare([1, 2, 1, 2, 1], 2)).toBe(0.5);
  expect(repeatedShare([7, 7, 7, 7, 7], 2)).toBe(0.75);
  expect(repeatedShare([1], 2)).toBe(0);
});

test('token ids are compared whole: 1, 23 is not 12, 3', () => {
  expect(repeatedShare([1, 23, 12, 3], 2)).toBe(0);
});

test('only tokens that the policy chose count', async () => {
  const reward = await instantiate(repetitionPenalty, { size: 1, penalty: 2 });
  const response = fixtureResponse({
    tokens: Int32Array.of(5, 5, 6, 6),
    sampled: Uint8Array.of(1, 1, 0, 0),
    length: 4,
  });
  const context = { step: 0, purpose: 'rollout', signal: () => new Float32Array(0) } as const;
  expect(await reward.score([{ prompt: fixturePrompt(), response, group: fixtureGroup([response]) }], context)).toEqual(
    [-1],
  );
});
