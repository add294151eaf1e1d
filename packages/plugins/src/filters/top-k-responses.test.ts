import type { PluginRemark, ResolvedConfig, ResponseFilter } from '@dapo/core';
import { fixtureGroup, fixtureResponse, instantiate } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import topK from './top-k-responses.js';

const group = fixtureGroup([
  fixtureResponse({ length: 8, score: 8 }),
  fixtureResponse({ length: 2, score: 1 }),
  fixtureResponse({ length: 4, score: -1 }),
]);

async function kept(options: { keep: number; by?: 'shortest' | 'score-per-token' | 'score' }): Promise<string[]> {
  const filter = (await instantiate(topK, options)) as ResponseFilter;
  return (await filter.judge(group)).map(({ verdict }) => verdict);
}

test('the k shortest responses stay, the others are out of the statistics', async () => {
  expect(await kept({ keep: 2 })).toEqual(['drop', 'keep', 'keep']);
});

test('best may mean score, or score per token', async () => {
  expect(await kept({ keep: 1, by: 'score' })).toEqual(['keep', 'drop', 'drop']);
  expect(await kept({ keep: 1, by: 'score-per-token' })).toEqual(['keep', 'drop', 'drop']);
});

const shortest = { keep: 4, by: 'shortest', others: 'drop' } as const;

function remarks(options: object, miniBatch: number, epochs = 1): readonly PluginRemark[] {
  const config = { rollout: { prompts: 32, groupSize: 16 }, update: { miniBatch, epochs } } as ResolvedConfig;
  return topK.check!({ ...shortest, ...options }, config, new Map());
}

test('keeping as many as there are is warned of', () => {
  expect(remarks({ keep: 16 }, 32)).toMatchObject([{ level: 'warning', path: 'keep' }]);
});

test('so few that all are one mini-batch are warned of, with the size that makes as many updates as before', () => {
  const hint = 'update.miniBatch: 32 makes as many updates of them as of all responses.';
  expect(remarks({}, 128)).toMatchObject([{ level: 'warning', hint }]);
  expect([remarks({}, 127), remarks({}, 32), remarks({}, 128, 2), remarks({ others: 'mask' }, 128)]).toEqual([
    [],
    [],
    [],
    [],
  ]);
  expect(remarks({}, 512)).toEqual([]);
});
