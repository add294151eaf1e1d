import { expect, test } from 'vitest';
import { weightAt } from './weight.js';

test('a line begins at from, is to after its steps, and stays there', () => {
  const line = { from: 1, to: 0.5, steps: 2 };
  expect([0, 1, 2, 3, Infinity].map((step) => weightAt(line, step))).toEqual([1, 0.75, 0.5, 0.5, 0.5]);
  expect(weightAt(0.3, 7)).toBe(0.3);
});
