import { expectAllclose, fixtureAdvantageInputs, instantiate } from '@dapo/core/testing';
import { test } from 'vitest';
import groupCenter from './group-center.js';

test('a reward is measured from the mean of its group and not scaled', async () => {
  const estimator = await instantiate(groupCenter);
  const advantages = estimator.estimate(fixtureAdvantageInputs({ rewards: [[10, 0, 2], [5]] }));
  await expectAllclose(advantages, [
    [6, -4, -2],
    [5, 0, 0],
  ]);
});
