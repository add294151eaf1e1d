import { expect, test } from 'vitest';
import type { Group, Prompt, ResolvedConfig, SamplerContext } from '@dapo/core';
import standard, { sampleOnce } from './standard.js';

const prompts: Prompt[] = ['a', 'b', 'c'].map((id) => ({ id, input: id, columns: {}, visit: 0 }));

function context(dropped: readonly string[]): SamplerContext {
  const rollout = (asked: readonly Prompt[]): Promise<Group[]> =>
    Promise.resolve(
      asked.map((prompt) => ({
        prompt,
        promptTokens: new Int32Array(0),
        responses: [],
        round: 0,
        verdict: dropped.includes(prompt.id) ? ('drop' as const) : ('keep' as const),
      })),
    );
  const source = {
    next: (n: number) => Promise.resolve(prompts.slice(0, n)),
  } as unknown as SamplerContext['prompts'];
  return { target: 3, groupSize: 2, step: 0, prompts: source, rollout };
}

test('one round of as many prompts as the batch has room for', async () => {
  const { groups, exhausted } = await sampleOnce(context([]));
  expect(groups.map(({ prompt }) => prompt.id)).toEqual(['a', 'b', 'c']);
  expect(exhausted).toBeUndefined();
});

test('dropped groups leave the batch smaller, with the reason', async () => {
  const { groups, exhausted } = await sampleOnce(context(['b']));
  expect(groups.map(({ prompt }) => prompt.id)).toEqual(['a', 'c']);
  expect(exhausted).toBe('1 of 3 groups were dropped');
});

test('a filter of outcomes without a refill is remarked upon', () => {
  const config = (filters: object): ResolvedConfig => ({ filters }) as unknown as ResolvedConfig;
  expect(standard.check!({}, config({ outcomes: {} }), new Map())).toHaveLength(1);
  expect(standard.check!({}, config({ overlong: {} }), new Map())).toHaveLength(0);
});
