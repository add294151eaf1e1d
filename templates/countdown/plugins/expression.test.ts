import { expect, test } from 'vitest';
import { evaluate } from './expression.js';

test.each([
  ['7', 7],
  ['3+5*7', 38],
  ['(3+5)*7', 56],
  ['10-4-3', 3],
  ['2*(3-(4-5))', 8],
  ['3-5*2', -7],
])('%s is %s', (text, value) => {
  expect(evaluate(text)?.value).toBe(value);
});

test('numbers are listed as they stand, each as often as it is used', () => {
  expect(evaluate('(12+3)*12')?.numbers).toEqual([12, 3, 12]);
});

test.each([
  '',
  '3+',
  '*3',
  '-3',
  '(3+5',
  '3+5)',
  '3 + 5',
  '3(5)',
  '3--5',
  '1e3',
  '3/5',
  '0x10',
  'process.exit()',
  '9999999999',
  '('.repeat(1e5),
])('«%.20s» is no expression', (text) => {
  expect(evaluate(text)).toBeUndefined();
});
