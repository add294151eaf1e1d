import { expect, test } from 'vitest';
import fc from 'fast-check';
import { Random, type PromptSource } from '@dapo/core';
import arithmetic, { problemSpace } from './arithmetic.js';
import { pairSpace } from './arithmetic/pair-space.js';

async function source(options: object, seed = 1): Promise<PromptSource> {
  return arithmetic.create(arithmetic.options!.parse(options), { random: new Random(seed) });
}

const all = async (options: object): Promise<string[]> => {
  const problems = await source(options);
  return (await problems.take(problems.size)).map(({ id }) => id);
};

test('train and held-out together are every problem once', async () => {
  const options = { operations: ['+', '-'], maxDigits: 2, heldOutShare: 0.25 };
  const train = await all(options);
  const heldOut = await all({ ...options, split: 'heldOut' });
  expect(new Set([...train, ...heldOut]).size).toBe(2 * 100 * 100);
  expect(train.length + heldOut.length).toBe(2 * 100 * 100);
  expect(heldOut.length / 20_000).toBeCloseTo(0.25, 1);
});

test('a mirrored or harder problem never changes sides', async () => {
  const heldOut = new Set(await all({ maxDigits: 2, split: 'heldOut' }));
  const harder = problemSpace(arithmetic.options!.parse({ maxDigits: 3 }));
  for (let i = 0; i < 20_000; i++) {
    const { a, b } = harder.problemAt(i);
    expect(heldOut.has(`${a}+${b}`)).toBe(false);
    expect(heldOut.has(`${b}+${a}`)).toBe(false);
  }
});

test('index to pair is a bijection for any ranges, share and side', () => {
  const bounds = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 }));
  const ranges = bounds.map(([from, span]) => ({ min: from, max: from + span }));
  fc.assert(
    fc.property(ranges, ranges, fc.double({ min: 0, max: 1, noNaN: true }), (left, right, heldOutShare) => {
      const sides = (['train', 'heldOut'] as const).map((side) => pairSpace(left, right, { side, heldOutShare }));
      const pairs = sides.flatMap((space) => Array.from({ length: space.size }, (_, i) => space.at(i).join(' ')));
      const expected = (left.max - left.min + 1) * (right.max - right.min + 1);
      return pairs.length === expected && new Set(pairs).size === expected;
    }),
    { numRuns: 60 },
  );
});

test('problems carry their answer, their parts and an id', async () => {
  const problems = await source({
    operations: ['-'],
    left: { min: 3, max: 3 },
    right: { min: 5, max: 5 },
    heldOutShare: 0,
  });
  const expected = {
    id: '3-5',
    input: '3-5=',
    reference: '-2',
    columns: { a: 3, b: 5, operation: '-' },
    visit: 0,
  };
  expect(await problems.next(1)).toEqual([expected]);
});

test('six digits are no more work than one, and the size is exact', async () => {
  const train = await source({ maxDigits: 6 });
  const heldOut = await source({ maxDigits: 6, split: 'heldOut' });
  expect(train.size + heldOut.size).toBe(10 ** 12);
  expect(new Set((await train.next(500)).map(({ id }) => id)).size).toBe(500);
});

test('count limits the problems, the same ones for every seed', async () => {
  const options = { split: 'heldOut', count: 200 };
  const [first, second] = [await source(options, 1), await source(options, 2)];
  expect(first.size).toBe(200);
  expect(await first.take(200)).toEqual(await second.take(200));
  expect(await first.next(20)).not.toEqual(await second.next(20));
});

test('the options refuse an empty range', () => {
  expect(() => arithmetic.options!.parse({ left: { min: 2, max: 1 } })).toThrow(/a min that is at most max/);
});
