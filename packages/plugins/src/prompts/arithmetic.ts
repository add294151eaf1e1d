import { definePlugin, permutedIndex, Random, repeatingSource, tokens, z } from '@dapo/core';
import { columnWorking, workingOptions } from './arithmetic/column-working.js';
import { pairSpace, type Range } from './arithmetic/pair-space.js';

/** Raised whenever the same options would give other problems. */
const VERSION = 1;
const LARGEST = 999_999;

const whole = z.int().min(0).max(LARGEST);
const range = z
  .strictObject({ min: whole.describe('smallest operand'), max: whole.describe('largest operand') })
  .refine(({ min, max }) => min <= max, 'a min that is at most max');

const options = z.strictObject({
  operations: z
    .array(z.enum(['+', '-', '*']))
    .min(1)
    .default(['+'])
    .describe('operations that problems are made of'),
  minDigits: z.int().min(1).max(6).default(1).describe('fewest digits of an operand'),
  maxDigits: z.int().min(1).max(6).default(3).describe('most digits of an operand: the difficulty'),
  left: range.optional().describe('range of the left operand, instead of digits'),
  right: range.optional().describe('range of the right operand, instead of digits'),
  split: z.enum(['train', 'heldOut']).default('train').describe('which side of the split; no problem is on both'),
  heldOutShare: z
    .number()
    .min(0)
    .max(1)
    .default(1 / 16)
    .describe('share of the problems that are held out'),
  working: workingOptions.optional().describe('give each problem a written working as its target, for `dapo sft`'),
  count: z.int().positive().optional().describe('only the first so many problems; by default all of them'),
});
type Options = z.output<typeof options>;
type Operation = Options['operations'][number];

/** One problem and its answer. */
export interface Problem {
  readonly a: number;
  readonly b: number;
  readonly operation: Operation;
}

const compute: Readonly<Record<Operation, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
};

/**
 * The right answer, in decimal digits.
 *
 * @example answerTo({ a: 17, b: 25, operation: '+' }) → '42'
 */
export function answerTo({ a, b, operation }: Problem): string {
  return String(compute[operation](a, b));
}

/** All problems of the options in one fixed shuffled order: a bijection from 0 … size−1. */
export function problemSpace(settings: Options): {
  readonly size: number;
  readonly problemAt: (index: number) => Problem;
} {
  const byDigits: Range = {
    min: settings.minDigits === 1 ? 0 : 10 ** (settings.minDigits - 1),
    max: 10 ** Math.max(settings.minDigits, settings.maxDigits) - 1,
  };
  const pairs = pairSpace(settings.left ?? byDigits, settings.right ?? byDigits, {
    side: settings.split,
    heldOutShare: settings.heldOutShare,
  });
  const all = pairs.size * settings.operations.length;
  // Fixed for every seed, so that runs of different seeds are evaluated on the same problems.
  const shuffle = new Random(0).key('arithmetic-order');
  return {
    size: Math.min(settings.count ?? all, all),
    problemAt: (index) => {
      const at = permutedIndex(index, all, shuffle);
      const [a, b] = pairs.at(at % pairs.size);
      return { a, b, operation: settings.operations[Math.floor(at / pairs.size)]! };
    },
  };
}

export default definePlugin({
  kind: 'prompts',
  name: 'arithmetic',
  summary: 'Generated problems such as «17+25=», of adjustable difficulty, train and held-out disjoint.',
  source: { title: 'our own' },
  departures: 'none',
  options,
  inject: { random: tokens.random },
  create: (settings, { random }) => {
    const { size, problemAt } = problemSpace(settings);
    return repeatingSource(
      {
        size,
        fingerprint: `arithmetic/${VERSION} ${JSON.stringify(settings)}`,
        at: (index) => {
          const problem = problemAt(index);
          const id = `${problem.a}${problem.operation}${problem.b}`;
          const target = settings.working && columnWorking(problem, settings.working, random.key('working', id));
          return {
            id,
            input: `${id}=`,
            reference: answerTo(problem),
            columns: { ...problem, ...(target && { target }) },
          };
        },
      },
      random,
    );
  },
});
