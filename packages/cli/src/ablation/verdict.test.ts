import { expect, test } from 'vitest';
import type { Comparison } from './plan.js';
import { judge, looksWith, reachOf, type Scores, type Verdict } from './verdict.js';

const STUDIES = 1000;
const SEEDS = 8;
const variants = ['a', 'b', 'c', 'd', 'e'];
const against = (names: readonly string[]): Comparison[] =>
  names.map((variant) => ({ variant, against: 'base', kind: 'baseline' }));

/** Uniform numbers by mulberry32, normal ones by Box and Muller. */
function normals(seed: number): () => number {
  let state = seed;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Scores around 0.5, sd 0.05 each, whatever is planted added; the seed itself counts for as much again. */
function study(draw: () => number, names: readonly string[], planted: Readonly<Record<string, number>> = {}): Scores {
  const ofSeed = Array.from({ length: SEEDS }, () => 0.05 * draw());
  const scores = (name: string): Map<number, number> =>
    new Map(ofSeed.map((common, i) => [i + 1, 0.5 + common + 0.05 * draw() + (planted[name] ?? 0)]));
  return new Map(['base', ...names].map((name) => [name, scores(name)]));
}

const known = new Map<number, ReturnType<typeof reachOf>>();
/** The same for every study: computed once. */
function reach(seeds: number, comparisons: number): ReturnType<typeof reachOf> {
  if (!known.has(comparisons)) known.set(comparisons, reachOf(seeds, comparisons));
  return known.get(comparisons)!;
}

const claims = ({ claim }: Verdict): boolean => claim === 'better' || claim === 'worse';
/** 99.9 % of a binomial's mass lies within. */
const binomialError = (p: number, n: number): number => 3.29 * Math.sqrt((p * (1 - p)) / n);

test('of 1,000 studies without a difference at most the stated share claims any, one comparison as five', () => {
  const draw = normals(11);
  const rate = (names: readonly string[]): number => {
    let claimed = 0;
    for (let i = 0; i < STUDIES; i++) if (judge(against(names), study(draw, names), reach).some(claims)) claimed += 1;
    return claimed / STUDIES;
  };
  expect(Math.abs(rate(['a']) - 0.05)).toBeLessThan(binomialError(0.05, STUDIES));
  const ofFive = rate(variants);
  expect(ofFive).toBeLessThan(0.05 + binomialError(0.05, STUDIES));
  expect(ofFive).toBeGreaterThan(0.01);
});

test('a planted difference is found with the stated power, alone and as one of five', () => {
  const draw = normals(12);
  const sd = 0.05 * Math.SQRT2;
  const rate = (names: readonly string[], difference: number): number => {
    let found = 0;
    for (let i = 0; i < STUDIES; i++) {
      if (judge(against(names), study(draw, names, { a: difference }), reach)[0]!.claim === 'better') found += 1;
    }
    return found / STUDIES;
  };
  const one = rate(['a'], sd * reachOf(SEEDS, 1).alone);
  expect(Math.abs(one - 0.8)).toBeLessThan(binomialError(0.8, STUDIES));
  // Holm's later steps can only add to what its first one finds.
  expect(rate(variants, sd * reachOf(SEEDS, 5).corrected)).toBeGreaterThan(0.8 - binomialError(0.8, STUDIES));
});

test('fewer than six seeds claim nothing, however large the difference', () => {
  const scores: Scores = new Map([
    [
      'base',
      new Map([
        [1, 0.1],
        [2, 0.11],
        [3, 0.12],
        [4, 0.1],
        [5, 0.13],
      ]),
    ],
    [
      'a',
      new Map([
        [1, 0.9],
        [2, 0.92],
        [3, 0.91],
        [4, 0.95],
        [5, 0.9],
      ]),
    ],
  ]);
  const [verdict] = judge(against(['a']), scores);
  expect(verdict).toMatchObject({ claim: 'too few seeds', p: NaN, seeds: [1, 2, 3, 4, 5] });
});

test('only seeds that both have are compared, and they are named', () => {
  const scores: Scores = new Map([
    [
      'base',
      new Map([
        [1, 0.1],
        [2, 0.2],
        [4, 0.3],
      ]),
    ],
    [
      'a',
      new Map([
        [4, 0.5],
        [1, 0.2],
        [3, 0.9],
      ]),
    ],
  ]);
  const [verdict] = judge(against(['a', 'b']), scores);
  expect(verdict!.seeds).toEqual([1, 4]);
  expect(verdict!.mean).toBeCloseTo(0.15);
});

test('what is compared with a variant that has no score at all is shown as such', () => {
  const scores: Scores = new Map([['base', new Map([[1, 0.1]])]]);
  expect(judge(against(['a']), scores)[0]).toMatchObject({ seeds: [], claim: 'too few seeds' });
});

test('a look is a number of seeds at which something could be claimed; the same one twice is one', () => {
  const at = (seeds: number): Verdict[] => [
    { seeds: Array.from({ length: seeds }, (_, i) => i) } as unknown as Verdict,
  ];
  expect(looksWith([], at(5))).toEqual([]);
  expect(looksWith([8], at(12))).toEqual([8, 12]);
  expect(looksWith([8, 12], at(8))).toEqual([8, 12]);
});
