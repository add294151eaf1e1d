import { definePlugin, z } from '@dapo/core';

/** Whether JavaScript can compile a regular expression. */
function compiles(pattern: string): boolean {
  try {
    new RegExp(pattern, 'gu');
    return true;
  } catch {
    return false;
  }
}

const options = z.strictObject({
  right: z.number().default(1).describe('Reward of a right answer'),
  wrong: z.number().default(-1).describe('Reward of a wrong answer, or of none'),
  extract: z
    .string()
    .refine(compiles, 'a regular expression as JavaScript takes it')
    .optional()
    .describe('Regular expression that finds the answer: its first group, or all of it, in its last match'),
});

/**
 * The answer in a text: what the last match of the pattern's first group holds, or the whole last match;
 * without a pattern the whole text. Trimmed; null where nothing matches.
 *
 * @example extractAnswer('= 3, so = 12', /= (\d+)/gu) → '12'
 */
export function extractAnswer(text: string, pattern?: RegExp): string | null {
  if (!pattern) return text.trim();
  const last = [...text.matchAll(pattern)].at(-1);
  return last ? (last[1] ?? last[0]).trim() : null;
}

export default definePlugin({
  kind: 'reward',
  name: 'exact-answer',
  role: 'task',
  summary: "Compares the answer with the prompt's reference, character by character.",
  source: { title: 'DAPO, rule-based reward', arxiv: '2503.14476', equation: '7' },
  departures: 'Answers are compared as text; a prompt without a reference is not scored.',
  provides: ['correct'],
  options,
  create: ({ right, wrong, extract }) => {
    const pattern = extract === undefined ? undefined : new RegExp(extract, 'gu');
    return {
      score: (batch) =>
        batch.map(({ prompt, response }) => {
          if (prompt.reference === undefined) return null;
          const answer = extractAnswer(response.text, pattern);
          const correct = answer === prompt.reference.trim();
          return { reward: correct ? right : wrong, correct, answer };
        }),
    };
  },
});
