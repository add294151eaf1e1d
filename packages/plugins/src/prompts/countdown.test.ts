import { expect, test } from 'vitest';
import fc from 'fast-check';
import { Random } from '@dapo/core';
import countdown, { countdownAt, drawCountdown } from './countdown.js';
import { triesWorking } from './countdown/tries-working.js';
import { expressionOf, type Way } from './countdown/way.js';

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
      const solution = expressionOf(problem.way);
      expect(valueOf(solution)).toBe(problem.target);
      const used = [...solution.matchAll(/\d+/g)].map(Number).sort((a, b) => a - b);
      expect(used).toEqual(problem.numbers);
    }),
  );
});

test('targets stay within their bounds, and no problem is on both sides', () => {
  const names = (split: string): Set<string> =>
    new Set(
      Array.from({ length: 500 }, (_, i) => {
        const { numbers, target } = countdownAt(i, settings({ split, numbers: 3, largest: 9, largestTarget: 30 }));
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
  const { numbers, goal } = prompt!.columns as { numbers: number[]; goal: number };
  expect(prompt!.input).toBe(`reach ${goal} with ${numbers.join(',')}`);
  expect(valueOf(prompt!.reference!)).toBe(goal);
  expect(source.size).toBe(100_000);
});

test('options that leave no problem are an error', () => {
  expect(() => countdownAt(0, settings({ split: 'heldOut', heldOutShare: 0 }))).toThrow(/There are no prompts/);
});

const way: Way = { numbers: [3, 5, 7], operations: ['+', '*'] };

/** Workings of 200 imagined players of 3, 5 and 7 to 56. */
function workings(options: object): string[] {
  const { working, operations } = settings({ working: options });
  return Array.from({ length: 200 }, (_, i) =>
    triesWorking({ way, target: 56 }, operations, working!, new Random(1).key('test', i)),
  );
}

test('a player of insight and without slips writes the way that reaches the target, and answers with it', () => {
  const flawless = { insight: 1, wrongResult: 0, wrongNumber: 0 };
  expect(new Set(workings(flawless))).toEqual(new Set(['3+5=8*7=56#(3+5)*7']));
});

test('a player without slips writes true results, stops at the target, and answers with the last try', () => {
  for (const working of workings({ insight: 0.2, giveUp: 0, tries: 3, wrongResult: 0, wrongNumber: 0 })) {
    const [tries, answer] = working.split('#');
    const results = tries!.split(';').map((text) => Number(text.split('=').at(-1)));
    expect(results.length).toBeLessThanOrEqual(3);
    expect(results.slice(0, -1)).not.toContain(56);
    expect(results.length === 3 || results.at(-1) === 56).toBe(true);
    expect(valueOf(answer!)).toBe(results.at(-1));
    expect([...answer!.matchAll(/\d+/g)].map(Number).sort()).toEqual([3, 5, 7]);
  }
});

test('slips, wrong numbers and giving up are as frequent as the options say', () => {
  const share = (options: object, of: (working: string) => boolean): number =>
    workings({ insight: 1, wrongResult: 0, wrongNumber: 0, tries: 1, ...options }).filter(of).length / 200;
  expect(share({ wrongResult: 0.5 }, (text) => !text.startsWith('3+5=8'))).toBeCloseTo(0.5, 1);
  // Of three numbers each is drawn anew, and is the same again in one case of three.
  expect(share({ wrongNumber: 0.5 }, (text) => !text.startsWith('3'))).toBeCloseTo(1 / 3, 1);
  const misses = { insight: 0, wrongResult: 1, tries: 2 };
  expect(share({ ...misses, giveUp: 1 }, (text) => text.includes(';'))).toBe(0);
  expect(share({ ...misses, giveUp: 0.25 }, (text) => text.includes(';'))).toBeCloseTo(0.75, 0);
});

test('only a source that is asked for workings gives targets to learn', async () => {
  const target = async (options: object): Promise<unknown> => {
    const source = await countdown.create(settings(options), { random: new Random(1) });
    return (await source.take(1))[0]!.columns['target'];
  };
  expect(await target({})).toBeUndefined();
  expect(await target({ working: {} })).toMatch(/=\d+#/);
});
