import { expect, test } from 'vitest';
import { Patience } from './patience.js';

test('patience is used up by so many in a row, and starts anew after one that is not', () => {
  const patience = new Patience(2);
  expect([true, false, true, true, true, false].map((holds) => patience.usedUp(holds))).toEqual([
    false,
    false,
    false,
    true,
    true,
    false,
  ]);
});

test('a checkpoint keeps the count', () => {
  const patience = new Patience(2);
  patience.usedUp(true);
  const resumed = new Patience(2);
  resumed.restore(patience.state());
  expect(resumed.usedUp(true)).toBe(true);
});
