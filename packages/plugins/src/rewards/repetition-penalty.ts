import { definePlugin, z } from '@dapo/core';

const options = z.strictObject({
  size: z.number().int().positive().default(3).describe('n: tokens in a row that are compared'),
  penalty: z.number().nonnegative().default(1).describe('What a response that only repeats itself would lose'),
});

/**
 * The share of n-grams that have been there before: 1 − different / all; 0 for a response shorter than n.
 *
 * @param tokens token ids
 * @param size n
 * @example repeatedShare([1, 2, 1, 2, 1], 2) → 0.5
 */
export function repeatedShare(tokens: ArrayLike<number>, size: number): number {
  const total = tokens.length - size + 1;
  if (total < 1) return 0;
  const list = Array.from(tokens);
  const different = new Set(Array.from({ length: total }, (_, i) => list.slice(i, i + size).join(' ')));
  return 1 - different.size / total;
}

export default definePlugin({
  kind: 'reward',
  name: 'repetition-penalty',
  role: 'shaping',
  summary: 'Punishes responses that repeat themselves, by the share of their n-grams that have been there before.',
  source: { title: 'Demystifying Long Chain-of-Thought Reasoning', arxiv: '2502.03373' },
  departures: 'One penalty per response instead of one per token; n-grams of tokens, not of words.',
  alsoKnownAs: ['get_repetition_penalty_reward', 'n-gram penalty'],
  options,
  create: ({ size, penalty }) => ({
    score: (batch) =>
      batch.map(({ response }) => {
        const chosen = response.tokens.filter((_, t) => response.sampled[t] === 1);
        return -penalty * repeatedShare(chosen, size);
      }),
  }),
});
