import { definePlugin, tokens, z } from '@dapo/core';

/** The number after the last «#», or undefined where there is none: «11,9,3#391» → 391. */
export function finalNumber(text: string): number | undefined {
  const match = /#(-?\d{1,9})$/.exec(text);
  return match ? Number(match[1]) : undefined;
}

export default definePlugin({
  kind: 'reward',
  name: 'final-number',
  summary: '1 for the right number after the last «#», −1 for anything else.',
  source: { title: 'our own' },
  options: z.strictObject({}),
  provides: ['correct'],
  metrics: {
    parsed: { over: 'responses', reduce: 'mean', unit: 'share', meaning: 'responses that end in a number' },
  },
  inject: { metrics: tokens.metrics },
  create: (_, { metrics }) => ({
    score: (batch) =>
      batch.map(({ prompt, response }) => {
        const number = finalNumber(response.text);
        metrics.record('parsed', number === undefined ? 0 : 1);
        const correct = number !== undefined && number === Number(prompt.reference);
        return { reward: correct ? 1 : -1, correct, answer: number === undefined ? null : String(number) };
      }),
  }),
});
