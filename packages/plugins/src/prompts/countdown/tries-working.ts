import { type RandomKey, z } from '@dapo/core';
import { compute, expressionOf, type Operation, type Way } from './way.js';

const share = z.number().min(0).max(1);

/** How the writer of the warm-start texts plays: tries, with slips, until one seems to fit or patience ends. */
export const workingOptions = z.strictObject({
  tries: z.int().min(1).max(8).default(3).describe('most tries of a working'),
  insight: share.default(0.25).describe('chance that a try is a way that reaches the target; else it is a guess'),
  giveUp: share.default(0.4).describe('chance that a try is answered though it misses the target'),
  wrongResult: share.default(0.1).describe('chance that the result of a step is off by one'),
  wrongNumber: share.default(0.05).describe('chance that a number of a try is another one of the problem'),
});
export type WorkingOptions = z.output<typeof workingOptions>;

interface Problem {
  /** A way that reaches the target. */
  readonly way: Way;
  readonly target: number;
}

/** The next uniform number. */
type Draw = () => number;

/**
 * How an impatient person would play: each try from left to right with its results, then «#» and the answer. A model
 * of these texts knows how to try, and still guesses, slips and gives up early.
 *
 * @example triesWorking({ way, target: 56 }, options, key) → '3*5=15+7=22;3+5=8*7=56#(3+5)*7'
 */
export function triesWorking(
  problem: Problem,
  operations: readonly Operation[],
  options: WorkingOptions,
  key: RandomKey,
): string {
  let index = 0;
  const draw: Draw = () => key.uniform(index++);
  const written: string[] = [];
  for (;;) {
    const way = draw() < options.insight ? problem.way : guess(problem.way, operations, draw);
    const tried = miscopied(way, options.wrongNumber, draw);
    const { text, value } = workOut(tried, options.wrongResult, draw);
    written.push(text);
    const isLast = value === problem.target || draw() < options.giveUp || written.length === options.tries;
    if (isLast) return `${written.join(';')}#${expressionOf(tried)}`;
  }
}

/** The numbers in any order, joined by any operations. */
function guess({ numbers }: Way, operations: readonly Operation[], draw: Draw): Way {
  const order = numbers
    .map((number) => ({ number, place: draw() }))
    .sort((a, b) => a.place - b.place)
    .map(({ number }) => number);
  return { numbers: order, operations: order.slice(1).map(() => oneOf(operations, draw)) };
}

function miscopied({ numbers, operations }: Way, chance: number, draw: Draw): Way {
  return { operations, numbers: numbers.map((number) => (draw() < chance ? oneOf(numbers, draw) : number)) };
}

/** Step by step, each from the result before it, right or not: «3+5=8*7=56». */
function workOut({ numbers, operations }: Way, wrongResult: number, draw: Draw): { text: string; value: number } {
  let value = numbers[0]!;
  let text = String(value);
  operations.forEach((operation, i) => {
    const slip = draw() < wrongResult ? (draw() < 0.5 ? -1 : 1) : 0;
    value = compute[operation](value, numbers[i + 1]!) + slip;
    text += `${operation}${numbers[i + 1]}=${value}`;
  });
  return { text, value };
}

function oneOf<Item>(items: readonly Item[], draw: Draw): Item {
  return items[Math.floor(draw() * items.length)]!;
}
