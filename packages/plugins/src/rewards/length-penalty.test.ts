import { tf } from '@dapo/core';
import { expectAllclose, fixtureGroup, fixturePrompt, fixtureResponse, instantiate } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import lengthPenalty, { lengthReward } from './length-penalty.js';

test('the shortest right response gains most, and a short wrong one nothing', async () => {
  const reward = lengthReward(tf.tensor2d([[2, 4, 6, 2]]), tf.tensor2d([[1, 1, 0, 0]]), tf.ones([1, 4]));
  await expectAllclose(reward, [[0.5, 0, -0.5, 0]]);
});

test('equal lengths give 0', async () => {
  await expectAllclose(lengthReward(tf.tensor2d([[3, 3, 9]]), tf.ones([1, 3]), tf.tensor2d([[1, 1, 0]])), [[0, 0, 0]]);
});

test('groups are judged apart, in whatever order their responses come', async () => {
  const reward = await instantiate(lengthPenalty, { factor: 2 });
  const group = (lengths: readonly number[]) =>
    fixtureGroup(lengths.map((length) => fixtureResponse({ length, correct: true })));
  const [a, b] = [group([1, 3]), group([7, 5, 3])];
  const item = (of: typeof a, i: number) => ({
    prompt: fixturePrompt(),
    response: of.responses[i]!,
    group: of,
  });
  const context = { step: 0, purpose: 'rollout', signal: () => new Float32Array(0) } as const;
  const batch = [item(b, 0), item(a, 0), item(b, 2), item(b, 1), item(a, 1)];
  expect(await reward.score(batch, context)).toEqual([-1, 1, 1, 0, -1]);
});
