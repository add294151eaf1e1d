import { expect, test } from 'vitest';
import { finalNumber } from './final-number.js';

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
