import { describeContract, fixtureResponse } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import plugin, { judgeLengths } from './my-filter.js';

// What every plugin of this kind must hold to: shapes, masks, order, gradients, edge cases, leaks, state.
describeContract(plugin);

test('responses below the least length are masked, one judgement each', () => {
  const responses = [0, 1, 2, 3].map((length) => fixtureResponse({ length }));
  expect(judgeLengths({ responses }, 2).map(({ verdict }) => verdict)).toEqual(['mask', 'mask', 'keep', 'keep']);
});
