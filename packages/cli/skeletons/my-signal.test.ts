import { describeContract, fixtureResponse, instantiate } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import plugin, { uniformLogProb } from './my-signal.js';

// What every plugin of this kind must hold to: shapes, masks, order, gradients, edge cases, leaks, state.
describeContract(plugin);

test('the probabilities of all tokens sum to 1', () => {
  expect(8 * Math.exp(uniformLogProb(8, 1))).toBeCloseTo(1, 12);
  expect(4 * Math.exp(uniformLogProb(8, 0.5))).toBeCloseTo(1, 12);
});

test('one value for each token of each response, row by row', async () => {
  const signal = await instantiate(plugin, {}, { policy: { traits: { vocabularySize: 4 } } });
  const responses = [fixtureResponse({ length: 3 }), fixtureResponse({ length: 1 })];
  const batch = { prompts: [Int32Array.of(1)], responses, promptOf: Int32Array.of(0, 0) };
  const { width, values } = await signal.compute(batch, { temperature: 1 });
  expect([width, values.length]).toEqual([3, 6]);
  expect(values[0]).toBeCloseTo(-Math.log(4), 6);
});
