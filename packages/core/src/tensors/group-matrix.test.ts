import { test } from 'vitest';
import { expectAllclose } from '../testing/allclose.js';
import { fixtureGroup, fixtureResponse } from '../testing/fixtures.js';
import { groupMatrix } from './group-matrix.js';

test('rows are filled from the left and the mask says where a response stands', async () => {
  const groups = [[3], [1, 2]].map((rewards) => fixtureGroup(rewards.map((reward) => fixtureResponse({ reward }))));
  const { values, present } = groupMatrix(groups, ({ reward }) => reward);
  await expectAllclose(values, [
    [3, 0],
    [1, 2],
  ]);
  await expectAllclose(present, [
    [1, 0],
    [1, 1],
  ]);
});
