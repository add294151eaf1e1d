import type { GroupFilter } from '@dapo/core';
import { fixtureGroup, fixtureResponse, instantiate } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import minSpread from './min-spread.js';

const groupOf = (scores: readonly number[]) => fixtureGroup(scores.map((score) => fixtureResponse({ score })));
const verdicts = async (tolerance: number, groups: readonly (readonly number[])[]): Promise<string[]> => {
  const filter = (await instantiate(minSpread, { tolerance })) as GroupFilter;
  return (await filter.judge(groups.map(groupOf))).map(({ verdict }) => verdict);
};

test('seven scores of 0.95 have no spread, though their float32 deviation is not 0', async () => {
  expect(await verdicts(0, [Array(7).fill(0.95), [0.95, 0.9500001]])).toEqual(['drop', 'keep']);
});

test('a tolerance drops groups that differ by no more', async () => {
  expect(await verdicts(0.5, [[0, 0.5], [0, 0.6, 0.1], [3]])).toEqual(['drop', 'keep', 'drop']);
});
