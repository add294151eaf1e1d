import { expect, test } from 'vitest';
import type { RewardContext, RewardValue } from '../contracts/index.js';
import { fixtureGroup, fixtureResponse } from '../testing/index.js';
import type { PlacedReward } from './parts.js';
import { scoreTasks, shapeRewards } from './score.js';

const line = { from: 8, to: 0, steps: 4 };
const contextAt = (step: number, purpose: RewardContext['purpose']): RewardContext => ({
  step,
  purpose,
  signal: () => new Float32Array(0),
});

function reward(role: PlacedReward['role'], value: RewardValue): PlacedReward {
  const instance = { score: () => [value] };
  return {
    path: 'rewards.r',
    key: 'r',
    kind: 'reward',
    name: 'r',
    label: 'reward r',
    instance,
    needs: [],
    metrics: {},
    role,
    weight: line,
    provides: [],
  };
}

test('a task reward weighs what its weight is at the step, and in an evaluation what it ends at', async () => {
  const response = fixtureResponse();
  const score = async (...context: Parameters<typeof contextAt>): Promise<number | null> => {
    await scoreTasks([fixtureGroup([response])], [reward('task', 0.5)], contextAt(...context));
    return response.score;
  };
  expect([await score(0, 'rollout'), await score(3, 'rollout'), await score(9, 'rollout')]).toEqual([4, 1, 0]);
  expect([await score(0, 'evaluation'), await score(3, 'evaluation')]).toEqual([0, 0]);
});

test('a shaping reward weighs what its weight is at the step, per response and per token', async () => {
  const response = fixtureResponse({ reward: 1 });
  const groups = [fixtureGroup([response])];
  await shapeRewards(groups, [reward('shaping', 0.5)], contextAt(2, 'rollout'));
  expect(response.reward).toBe(3);
  await shapeRewards(groups, [reward('shaping', Float32Array.of(1, -1))], contextAt(3, 'rollout'));
  expect(response.tokenRewards).toEqual(Float32Array.of(2, -2));
});

test('a reward that says it judges and gives no verdict is refused; null is none', async () => {
  const judging = (value: RewardValue): PlacedReward => ({ ...reward('task', value), provides: ['correct'] });
  const score = (value: RewardValue) =>
    scoreTasks([fixtureGroup([fixtureResponse()])], [judging(value)], contextAt(0, 'rollout'));
  await expect(score(1)).rejects.toMatchObject({ code: 'DAPO_PLUGIN_REWARD_VERDICT', path: 'rewards.r' });
  await expect(score({ reward: 1, correct: true })).resolves.toBeUndefined();
  await expect(score(null)).resolves.toBeUndefined();
});
