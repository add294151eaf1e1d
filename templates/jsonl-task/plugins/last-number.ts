import { definePlugin, tokens, z } from '@dapo/core';

/** The last number of a text, or undefined where there is none: «3 × $400 = $1,200.00.» → 1200. */
export function lastNumber(text: string): number | undefined {
  const last = text.match(/-?\d[\d,]*(\.\d+)?/g)?.at(-1);
  return last === undefined ? undefined : Number(last.replaceAll(',', ''));
}

export default definePlugin({
  kind: 'reward',
  name: 'last-number',
  summary:
    '1 where the last number of a response is that of the answer, −1 for anything else; an answer without one scores nothing.',
  source: { title: 'our own' },
  options: z.strictObject({}),
  provides: ['correct'],
  metrics: {
    stated: { over: 'responses', reduce: 'mean', unit: 'share', meaning: 'responses that hold a number' },
  },
  inject: { metrics: tokens.metrics },
  create: (_, { metrics }) => ({
    score: (batch) =>
      batch.map(({ prompt, response }) => {
        const right = lastNumber(prompt.reference ?? '');
        if (right === undefined) return null;
        const number = lastNumber(response.text);
        metrics.record('stated', number === undefined ? 0 : 1);
        const correct = number === right;
        return { reward: correct ? 1 : -1, correct, answer: number === undefined ? null : String(number) };
      }),
  }),
});
