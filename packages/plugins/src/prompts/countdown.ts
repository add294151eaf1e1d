import { definePlugin, emptyData, Random, type RandomKey, repeatingSource, tokens, z } from '@dapo/core';
import { triesWorking, workingOptions } from './countdown/tries-working.js';
import { expressionOf, valueOf, type Way } from './countdown/way.js';

/** Raised whenever the same options would give other problems. */
const VERSION = 2;
/** Draws before a problem of the wanted split is taken not to exist. */
const MAX_DRAWS = 100_000;

const options = z.strictObject({
  numbers: z.int().min(2).max(6).default(4).describe('numbers of a problem: the difficulty'),
  largest: z.int().min(1).max(999).default(20).describe('largest number'),
  largestTarget: z.int().min(1).default(100).describe('largest target; the smallest is 1'),
  operations: z
    .array(z.enum(['+', '-', '*']))
    .min(1)
    .default(['+', '-', '*'])
    .describe('operations that the target was made with'),
  template: z
    .string()
    .default('{numbers}:{target}=')
    .describe('text of a prompt; {numbers} and {target} are filled in'),
  working: workingOptions.optional().describe('give each problem written tries as its target, for `dapo sft`'),
  count: z.int().positive().default(100_000).describe('how many problems there are'),
  split: z.enum(['train', 'heldOut']).default('train').describe('which side of the split; no problem is on both'),
  heldOutShare: z
    .number()
    .min(0)
    .max(1)
    .default(1 / 16)
    .describe('share of the problems that are held out'),
});
type Options = z.output<typeof options>;

/** Numbers in ascending order, and one of the ways to reach the target with each of them once. */
export interface Countdown {
  readonly numbers: readonly number[];
  readonly target: number;
  readonly way: Way;
}

/** Draws numbers and joins them from left to right, so that every problem has a solution. */
export function drawCountdown(key: RandomKey, { numbers, largest, operations }: Options): Countdown {
  const drawn = Array.from({ length: numbers }, (_, i) => 1 + key.integer(2 * i, largest));
  const joins = drawn.slice(1).map((_, i) => operations[key.integer(2 * i + 1, operations.length)]!);
  const way = { numbers: drawn, operations: joins };
  return { numbers: drawn.toSorted((a, b) => a - b), target: valueOf(way), way };
}

const nameOf = ({ numbers, target }: Countdown): string => `${numbers.join(',')}:${target}`;

/**
 * Problem `index` on one side of the split. The problem's text decides its side, so that equal problems never stand on
 * both.
 *
 * @throws DapoError where the options leave no such problem
 */
export function countdownAt(index: number, settings: Options): Countdown {
  const fixed = new Random(0);
  for (let draw = 0; draw < MAX_DRAWS; draw++) {
    const problem = drawCountdown(fixed.key('countdown', index, draw), settings);
    const heldOut = fixed.key('countdown-split', nameOf(problem)).uniform(0) < settings.heldOutShare;
    const inRange = problem.target >= 1 && problem.target <= settings.largestTarget;
    if (inRange && heldOut === (settings.split === 'heldOut')) return problem;
  }
  throw emptyData(`countdown ${settings.split}`);
}

export default definePlugin({
  kind: 'prompts',
  name: 'countdown',
  summary: 'Generated problems of the numbers game: reach a target with each of some numbers once.',
  source: { title: 'TinyZero', url: 'https://github.com/Jiayi-Pan/TinyZero' },
  departures: 'no division; every number must be used; problems are generated, not read from a data set',
  options,
  inject: { random: tokens.random },
  create: (settings, { random }) =>
    repeatingSource(
      {
        size: settings.count,
        fingerprint: `countdown/${VERSION} ${JSON.stringify(settings)}`,
        at: (index) => {
          const problem = countdownAt(index, settings);
          const { numbers, target, way } = problem;
          const input = settings.template
            .replaceAll('{numbers}', numbers.join(','))
            .replaceAll('{target}', String(target));
          const id = `${index} ${input}`;
          const text =
            settings.working && triesWorking(problem, settings.operations, settings.working, random.key('working', id));
          // `target` is the column that `dapo sft` learns, so the number to reach goes by another name.
          const columns = { numbers, goal: target, ...(text !== undefined && { target: text }) };
          return { id, input, reference: expressionOf(way), columns };
        },
      },
      random,
    ),
});
