import { expect, test } from 'vitest';
import fc from 'fast-check';
import { permutedIndex } from './permuted-index.js';
import { Random } from './random.js';

test('every index is met exactly once, whatever the size and the seed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 700 }), fc.integer(), (size, seed) => {
      const key = new Random(seed).key('order');
      const met = new Set(Array.from({ length: size }, (_, i) => permutedIndex(i, size, key)));
      return met.size === size && [...met].every((i) => Number.isInteger(i) && i >= 0 && i < size);
    }),
  );
});

test('two keys give two orders, one key gives one', () => {
  const order = (seed: number): number[] =>
    Array.from({ length: 1000 }, (_, i) => permutedIndex(i, 1000, new Random(seed).key('order')));
  const [first, second] = [order(1), order(2)];
  expect(order(1)).toEqual(first);
  expect(first.filter((at, i) => second[i] === at).length).toBeLessThan(20);
});

test('the first tenth of an order is spread over the whole range', () => {
  const size = 3_000_000_000_000;
  const key = new Random(3).key('order');
  const quarters = [0, 0, 0, 0];
  for (let i = 0; i < 4000; i++) quarters[Math.floor((4 * permutedIndex(i, size, key)) / size)]! += 1;
  for (const count of quarters) expect(count).toBeGreaterThan(900);
});
