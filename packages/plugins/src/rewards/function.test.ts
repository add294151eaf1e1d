import type { RewardContext, RewardItem } from '@dapo/core';
import { expect, test } from 'vitest';
import { scoreBy, type ScoreOne } from './function.js';

const item = { prompt: { id: 'p-1' }, response: { text: 'abc' } } as unknown as RewardItem;
const context = { step: 3 } as unknown as RewardContext;
const reward = (score: unknown, judges = false): Promise<unknown> =>
  scoreBy(score as ScoreOne, 'the function of ./mine.ts', judges, item, context);

test('gets the response, and gives what the function gives, at once or later', async () => {
  expect(await reward(({ response }: RewardItem) => response.text.length)).toBe(3);
  expect(await reward(() => Promise.resolve(0.5))).toBe(0.5);
  expect(await reward(() => null)).toBeNull();
  expect(await reward(() => ({ reward: 1, correct: true }), true)).toEqual({ reward: 1, correct: true });
});

test.each([
  [() => NaN, false, 'gave NaN for prompt «p-1», where it owes a finite number'],
  [() => undefined, false, 'gave undefined for prompt «p-1»'],
  [() => ({ reward: 1, correct: true }), false, 'needs judges: true in the config'],
  [() => 1, true, 'owes { reward, correct }'],
  [() => Promise.reject(new TypeError('no judge at hand')), false, 'threw for prompt «p-1»: no judge at hand'],
])('%s is no reward: the function and the prompt are named', async (score, judges, text) => {
  await expect(reward(score, judges)).rejects.toThrow(text);
  await expect(reward(score, judges)).rejects.toThrow('the function of ./mine.ts');
});
