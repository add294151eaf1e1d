import { expect, test } from 'vitest';
import { allFinite, close, difference, lostInJson } from './compare.js';

test('the first difference is named with its place', () => {
  expect(difference({ a: [1, 2] }, { a: [1, 3] })).toBe('a.1 is 3 instead of 2');
  expect(difference([1], [1, 2])).toBe('1 is 2 instead of missing');
  expect(difference('x', undefined)).toBe('it is missing instead of "x"');
  expect(difference({ a: NaN, b: Int32Array.of(1) }, { a: NaN, b: Int32Array.of(1) })).toBeUndefined();
});

test('numbers may differ by a tolerance of the larger one, and by nothing without', () => {
  expect(close(1000, 1000.5, 1e-3)).toBe(true);
  expect(close(1e-9, 0, 1e-3)).toBe(true);
  expect(close(1, 1.01, 1e-3)).toBe(false);
  expect(close(NaN, 1, 1)).toBe(false);
  expect(difference([1], [1 + 1e-12])).toBeDefined();
});

test('what JSON would lose is named', () => {
  expect(lostInJson({ a: [1, 'x', true, null], b: {} })).toBeUndefined();
  expect(lostInJson({ a: [1, NaN] })).toBe('a.1 is NaN');
  expect(lostInJson({ when: new Date(0) })).toBe('when is an object of class Date');
  expect(lostInJson(undefined)).toBe('it is undefined');
});

test('one number that is not finite is enough', () => {
  expect(allFinite({ a: [[1, 2], [3]], b: 'x' })).toBe(true);
  expect(allFinite({ a: [[1, Infinity]] })).toBe(false);
});
