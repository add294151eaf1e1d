import { describeContract } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import plugin, { finalNumber } from './final-number.js';

// What every reward must hold to: one value per response in order, no leaks, the same again for the same batch.
describeContract(plugin);

test.each([
  ['11,9,3#391', 391],
  ['#-7', -7],
  ['1#2#3', 3],
  ['391', undefined],
  ['11,9#', undefined],
  ['#39,', undefined],
])('the final number of «%s» is %s', (text, number) => {
  expect(finalNumber(text)).toBe(number);
});
