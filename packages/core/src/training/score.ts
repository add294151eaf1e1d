import type { Group, RewardContext, RewardItem, RewardValue } from '../contracts/index.js';
import { pluginThrew, rewardNotFinite, rewardWrongCount } from '../errors/run-errors.js';
import { isDapoError } from '../errors/dapo-error.js';
import type { PlacedReward } from './parts.js';

function itemsOf(groups: readonly Group[]): RewardItem[] {
  return groups.flatMap((group) => group.responses.map((response) => ({ prompt: group.prompt, response, group })));
}

/** Calls one reward and checks what comes back: count, finiteness, length of token rewards. */
async function callReward(
  reward: PlacedReward,
  items: readonly RewardItem[],
  context: RewardContext,
): Promise<readonly RewardValue[]> {
  const values = await scoredBy(reward, items, context);
  values.forEach((value, i) => {
    const item = items[i]!;
    const found = firstNonFinite(value);
    if (found) throw rewardNotFinite(reward.label, item.prompt.id, found.wrong, reward.path);
    if (value instanceof Float32Array && value.length !== item.response.tokens.length) {
      throw rewardWrongCount(reward.label, item.response.tokens.length, value.length, reward.path);
    }
  });
  return values;
}

async function scoredBy(
  reward: PlacedReward,
  items: readonly RewardItem[],
  context: RewardContext,
): Promise<readonly RewardValue[]> {
  let given: readonly RewardValue[];
  try {
    given = await reward.instance.score(items, context);
  } catch (error) {
    if (isDapoError(error)) throw error;
    throw pluginThrew(reward.kind, reward.name, reward.path, context.step, error);
  }
  const count: unknown = (given as { length?: unknown } | undefined)?.length;
  if (count !== items.length) {
    throw rewardWrongCount(reward.label, items.length, typeof count === 'number' ? count : typeof given, reward.path);
  }
  return given;
}

/** What isn't a finite number in it, whatever a plugin in JavaScript may have given. */
function firstNonFinite(value: RewardValue): { readonly wrong: unknown } | undefined {
  if (value === null) return undefined;
  const single: unknown = typeof value === 'object' && 'reward' in value ? value.reward : value;
  const numbers: readonly unknown[] = single instanceof Float32Array ? [...single] : [single];
  const at = numbers.findIndex((number) => !Number.isFinite(number));
  return at < 0 ? undefined : { wrong: numbers[at] };
}

function sumOf(value: RewardValue): number {
  if (value === null) return 0;
  if (typeof value === 'number') return value;
  if (value instanceof Float32Array) return value.reduce((a, b) => a + b, 0);
  return value.reward;
}

/**
 * Sets `score`, `correct` and `components` by the task rewards: score = Σ weight · reward, null if any is null.
 */
export async function scoreTasks(
  groups: readonly Group[],
  rewards: readonly PlacedReward[],
  context: RewardContext,
): Promise<void> {
  const items = itemsOf(groups);
  for (const { response } of items) response.score = 0;
  for (const reward of rewards.filter((r) => r.role === 'task')) {
    const values = await callReward(reward, items, context);
    values.forEach((value, i) => {
      const { response } = items[i]!;
      response.components[reward.key] = sumOf(value);
      response.score = value === null || response.score === null ? null : response.score + reward.weight * sumOf(value);
      if (value === null || typeof value !== 'object' || !('correct' in value)) return;
      response.correct = value.correct;
      response.answer = value.answer;
    });
  }
  for (const { response } of items) response.reward = response.score ?? 0;
}

/** Adds the shaping rewards to `reward` or, where they are per token, to `tokenRewards`. Kept groups only. */
export async function shapeRewards(
  groups: readonly Group[],
  rewards: readonly PlacedReward[],
  context: RewardContext,
): Promise<void> {
  const items = itemsOf(groups);
  for (const reward of rewards.filter((r) => r.role === 'shaping')) {
    const values = await callReward(reward, items, context);
    values.forEach((value, i) => {
      const { response } = items[i]!;
      response.components[reward.key] = sumOf(value);
      if (value instanceof Float32Array) addTokenRewards(response, value, reward.weight);
      else response.reward += reward.weight * sumOf(value);
    });
  }
}

function addTokenRewards(response: RewardItem['response'], values: Float32Array, weight: number): void {
  const sum = response.tokenRewards ?? new Float32Array(values.length);
  response.tokenRewards = sum.map((v, t) => v + weight * values[t]!);
}
