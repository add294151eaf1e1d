import { describeContract } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import plugin, { answerOf, solves } from './reaches-target.js';

// What every reward must hold to: one value per response in order, no leaks, the same again for the same batch.
describeContract(plugin);

test.each([
  ['3*5=15+7=22;3+5=8*7=56#(3+5)*7', '(3+5)*7'],
  ['#3+5#7', '7'],
  ['3+5=8', undefined],
  ['3+5=8#', undefined],
])('the answer of «%s» is %s', (text, answer) => {
  expect(answerOf(text)).toBe(answer);
});

test.each([
  ['(3+5)*7', true],
  ['7*(5+3)', true],
  ['7*8', false], // a number that is not there
  ['(3+5)*7*1', false],
  ['7*5+7*3', false], // the target, with a number twice
  ['56', false],
  ['3+5+7', false],
  ['nonsense', false],
])('%s for 3, 5 and 7 to 56: %s', (expression, right) => {
  expect(solves(expression, [3, 5, 7], 56)).toBe(right);
});

test('equal numbers are used as often as they are given', () => {
  expect(solves('4*4-1', [1, 4, 4], 15)).toBe(true);
  expect(solves('4*4-1', [1, 1, 4], 15)).toBe(false);
});
