import { describeContract, fixturePrompt, fixtureResponse } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import plugin, { judge } from './my-reward.js';

// What every plugin of this kind must hold to: shapes, masks, order, gradients, edge cases, leaks, state.
describeContract(plugin);

const settings = { right: 1, wrong: -1 };

test.each([
  ['it is 42.', '42', { reward: 1, correct: true, answer: '42' }],
  ['it is 24.', '42', { reward: -1, correct: false, answer: null }],
  ['', '42', { reward: -1, correct: false, answer: null }],
  ['42', undefined, null],
])('«%s» against %s is %o', (text, reference, value) => {
  const { reference: _, ...prompt } = fixturePrompt();
  expect(judge({ prompt: { ...prompt, reference }, response: fixtureResponse({ text }) }, settings)).toEqual(value);
});
