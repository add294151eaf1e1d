import { expect, test } from 'vitest';
import fc from 'fast-check';
import { Random } from '@dapo/core';
import countdown, { countdownAt, drawCountdown } from './countdown.js';

const settings = (options: object = {}) => countdown.options!.parse(options);

/** What an expression of +, −, * and parentheses comes to, by the precedence that everyone learns. */
function valueOf(expression: string): number {
  expect(expression).toMatch(/^[\d+*()-]+$/);
  return Number(new Function(`return (${expression})`)());
}

test('every solution reaches its target and uses every number once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 30 }), fc.integer({ min: 2, max: 6 }), (index, numbers) => {
      const problem = drawCountdown(new Random(0).key('test', index), settings({ numbers }));
      expect(valueOf(problem.solution)).toBe(problem.target);
      const used = [...problem.solution.matchAll(/\d+/g)].map(Number).sort((a, b) => a - b);
      expect(used).toEqual(problem.numbers);
    }),
  );
});

test('targets stay within their bounds, and no problem is on both sides', () => {
  const names = (split: string): Set<string> =>
    new Set(
      Array.from({ length: 500 }, (_, i) => {
        const { numbers, target } = countdownAt(
          i,
          settings({ split, numbers: 3, largest: 9, largestTarget: 30 }),
        );
        expect(target).toBeGreaterThanOrEqual(1);
        expect(target).toBeLessThanOrEqual(30);
        return `${numbers.join(' ')} ${target}`;
      }),
    );
  const heldOut = names('heldOut');
  expect([...names('train')].filter((name) => heldOut.has(name))).toEqual([]);
});

test('a prompt is the template filled in, with a solution to learn from', async () => {
  const source = await countdown.create(settings({ template: 'reach {target} with {numbers}' }), {
    random: new Random(1),
  });
  const [prompt] = await source.take(1);
  const { numbers, target } = prompt!.columns as { numbers: number[]; target: number };
  expect(prompt!.input).toBe(`reach ${target} with ${numbers.join(',')}`);
  expect(valueOf(prompt!.reference!)).toBe(target);
  expect(source.size).toBe(100_000);
});

test('options that leave no problem are an error', () => {
  expect(() => countdownAt(0, settings({ split: 'heldOut', heldOutShare: 0 }))).toThrow(
    /There are no prompts/,
  );
});
