import type { Group, RewardContext, RewardItem, RewardValue } from '../contracts/index.js';
import { weightAt } from '../config/weight.js';
import { rewardNotFinite, rewardWithoutVerdict, rewardWrongCount } from '../errors/run-errors.js';
import type { When } from '../errors/when.js';
import { countOf } from './check-values.js';
import { callPlugin } from './call-plugin.js';
import type { PlacedReward } from './parts.js';

function itemsOf(groups: readonly Group[]): RewardItem[] {
  return groups.flatMap((group) => group.responses.map((response) => ({ prompt: group.prompt, response, group })));
}

/** Calls one reward and checks what comes back: count, finiteness, length of token rewards. */
async function callReward(
  reward: PlacedReward,
  items: readonly RewardItem[],
  context: RewardContext,
  when: When,
): Promise<readonly RewardValue[]> {
  const values = await scoredBy(reward, items, context, when);
  const judges = reward.provides.includes('correct');
  values.forEach((value, i) => {
    const item = items[i]!;
    const found = firstNonFinite(value);
    if (found) throw rewardNotFinite(reward.label, item.prompt.id, found.wrong, reward.path);
    if (judges && value !== null && !saysCorrect(value))
      throw rewardWithoutVerdict(reward.label, item.prompt.id, reward.path);
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
  when: When,
): Promise<readonly RewardValue[]> {
  const given = await callPlugin(reward, when, () => reward.instance.score(items, context));
  const count = countOf(given);
  if (count !== items.length) throw rewardWrongCount(reward.label, items.length, count, reward.path);
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

/** Whether it says if the response is right. */
export function saysCorrect(value: RewardValue): value is Extract<RewardValue, { readonly correct: unknown }> {
  return typeof value === 'object' && value !== null && 'correct' in value;
}

function sumOf(value: RewardValue): number {
  if (value === null) return 0;
  if (typeof value === 'number') return value;
  if (value instanceof Float32Array) return value.reduce((a, b) => a + b, 0);
  return value.reward;
}

/**
 * Sets `score`, `correct` and `components` by the task rewards: score = Σ weight · reward, null if any is null. An
 * evaluation weighs with what a weight ends at, so that all evaluations of a run measure the same.
 */
export async function scoreTasks(
  groups: readonly Group[],
  rewards: readonly PlacedReward[],
  context: RewardContext,
  when: When = context.step,
): Promise<void> {
  const items = itemsOf(groups);
  for (const { response } of items) [response.score, response.reward] = [0, 0];
  for (const reward of rewards.filter((r) => r.role === 'task')) {
    const values = await callReward(reward, items, context, when);
    const weight = weightAt(reward.weight, context.purpose === 'evaluation' ? Infinity : context.step);
    values.forEach((value, i) => {
      const { response } = items[i]!;
      response.components[reward.key] = sumOf(value);
      response.score = value === null || response.score === null ? null : response.score + weight * sumOf(value);
      addReward(response, value, weight);
      if (!saysCorrect(value)) return;
      response.correct = value.correct;
      response.answer = value.answer;
    });
  }
}

/** Adds the shaping rewards. Kept groups only. */
export async function shapeRewards(
  groups: readonly Group[],
  rewards: readonly PlacedReward[],
  context: RewardContext,
): Promise<void> {
  const items = itemsOf(groups);
  for (const reward of rewards.filter((r) => r.role === 'shaping')) {
    const values = await callReward(reward, items, context, context.step);
    const weight = weightAt(reward.weight, context.step);
    values.forEach((value, i) => {
      const { response } = items[i]!;
      response.components[reward.key] = sumOf(value);
      addReward(response, value, weight);
    });
  }
}

/** A number goes to the response, a number per token to its tokens. */
function addReward(response: RewardItem['response'], value: RewardValue, weight: number): void {
  if (!(value instanceof Float32Array)) {
    response.reward += weight * sumOf(value);
    return;
  }
  const sum = response.tokenRewards ?? new Float32Array(value.length);
  response.tokenRewards = sum.map((v, t) => v + weight * value[t]!);
}
