import type { SamplerContext } from '@dapo/core';
import { describeContract, fixtureGroup, fixturePrompt, fixtureResponse } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import plugin, { fillUp } from './my-sampler.js';

// What every plugin of this kind must hold to: shapes, masks, order, gradients, edge cases, leaks, state.
describeContract(plugin);

/** Keeps every `keepEach`-th prompt that is tried. */
function world(target: number, keepEach: number): { context: SamplerContext; tried: number[] } {
  const tried: number[] = [];
  let given = 0;
  const context = {
    target,
    groupSize: 1,
    step: 0,
    prompts: {
      next: async (n: number) => Array.from({ length: n }, () => fixturePrompt({ id: String(given++) })),
    },
    rollout: async (prompts: { id: string }[]) => {
      tried.push(prompts.length);
      return prompts.map((prompt) =>
        fixtureGroup([fixtureResponse()], {
          prompt: prompt as never,
          verdict: Number(prompt.id) % keepEach === 0 ? 'keep' : 'drop',
        }),
      );
    },
  } as unknown as SamplerContext;
  return { context, tried };
}

test('dropped groups are made up for by new prompts, as many as are missing', async () => {
  const { context, tried } = world(4, 2);
  const { groups, rounds, exhausted } = await fillUp(context, 10);
  expect([tried, rounds, exhausted]).toEqual([[4, 2, 1], 3, undefined]);
  expect(groups.map(({ prompt }) => prompt.id)).toEqual(['0', '2', '4', '6']);
});

test('the rounds have a limit, and a batch that is not full says so', async () => {
  const { context } = world(4, 2);
  expect(await fillUp(context, 1)).toMatchObject({ rounds: 1, exhausted: '2 groups in 1 rounds' });
});
