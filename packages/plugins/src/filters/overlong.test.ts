import type { ResponseFilter } from '@dapo/core';
import { fixtureGroup, fixtureResponse, instantiate } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import overlong from './overlong.js';

test('a truncated response is masked, and stays in its group', async () => {
  const filter = (await instantiate(overlong)) as ResponseFilter;
  const finishes = ['stop', 'length', 'aborted'] as const;
  const judged = await filter.judge(fixtureGroup(finishes.map((finish) => fixtureResponse({ finish }))));
  expect(judged).toEqual([{ verdict: 'keep' }, { verdict: 'mask', reason: 'truncated' }, { verdict: 'keep' }]);
});
