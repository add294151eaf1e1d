import { definePlugin, tokens, z } from '@dapo/core';
import { evaluate } from './expression.js';

/** The expression after the last «#», or undefined where there is none: «3+5=8*7=56#(3+5)*7» → «(3+5)*7». */
export function answerOf(text: string): string | undefined {
  return /#([^#]+)$/.exec(text)?.[1];
}

/** Whether an expression comes to the goal with each of the numbers once. */
export function solves(expression: string, numbers: readonly number[], goal: number): boolean {
  const result = evaluate(expression);
  if (result?.value !== goal) return false;
  const inOrder = (list: readonly number[]): string => list.toSorted((a, b) => a - b).join(' ');
  return inOrder(result.numbers) === inOrder(numbers);
}

const columns = z.object({ numbers: z.array(z.number()), goal: z.number() });

export default definePlugin({
  kind: 'reward',
  name: 'reaches-target',
  summary:
    '1 for an expression after the last «#» that reaches the target with each number once, −1 for anything else.',
  source: { title: 'our own' },
  options: z.strictObject({}),
  provides: ['correct'],
  metrics: {
    parsed: {
      over: 'responses',
      reduce: 'mean',
      unit: 'share',
      meaning: 'responses that end in an expression',
    },
  },
  inject: { metrics: tokens.metrics },
  create: (_, { metrics }) => ({
    score: (batch) =>
      batch.map(({ prompt, response }) => {
        const problem = columns.safeParse(prompt.columns);
        if (!problem.success) return null; // a prompt of another source can't be scored
        const { numbers, goal } = problem.data;
        const answer = answerOf(response.text);
        metrics.record('parsed', answer !== undefined && evaluate(answer) ? 1 : 0);
        const correct = answer !== undefined && solves(answer, numbers, goal);
        return { reward: correct ? 1 : -1, correct, answer: answer ?? null };
      }),
  }),
});
