import type { ResolvedConfig, ResponseFilter } from '@dapo/core';
import { fixtureGroup, fixtureResponse, instantiate } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import topK from './top-k-responses.js';

const group = fixtureGroup([
  fixtureResponse({ length: 8, score: 8 }),
  fixtureResponse({ length: 2, score: 1 }),
  fixtureResponse({ length: 4, score: -1 }),
]);

async function kept(options: {
  keep: number;
  by?: 'shortest' | 'score-per-token' | 'score';
}): Promise<string[]> {
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

test('keeping as many as there are is warned of', () => {
  const given = { keep: 8, by: 'shortest', others: 'drop' } as const;
  const remarks = topK.check!(given, { rollout: { groupSize: 8 } } as ResolvedConfig, new Map());
  expect(remarks).toMatchObject([{ level: 'warning', path: 'keep' }]);
});
