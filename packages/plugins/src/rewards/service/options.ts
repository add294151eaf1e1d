import { z } from '@dapo/core';

/** Options of every reward that asks a service: how patient it is, and how hard it presses. */
export const serviceOptions = {
  timeout: z.number().positive().max(86_400).default(60).describe('seconds to wait for a whole answer'),
  retries: z
    .int()
    .nonnegative()
    .default(5)
    .describe('tries after the first one, of 429, 5xx, cut connections and time-outs; of nothing else'),
  pause: z
    .number()
    .nonnegative()
    .default(1)
    .describe('seconds before the second try; doubled before each further one, and times 1 to 2 by chance'),
  longestPause: z
    .number()
    .positive()
    .max(86_400)
    .default(60)
    .describe('seconds that a pause takes at most; a Retry-After beyond them ends the run'),
  concurrency: z.int().positive().default(8).describe('requests under way at once, at most'),
  largestAnswer: z.int().positive().default(1_000_000).describe('bytes of an answer, at most'),
};

export interface ServiceSettings {
  readonly timeout: number;
  readonly retries: number;
  readonly pause: number;
  readonly longestPause: number;
  readonly concurrency: number;
  readonly largestAnswer: number;
}
