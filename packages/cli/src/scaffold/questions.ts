import { createInterface } from 'node:readline/promises';

/** One question to a person. */
export interface Question {
  readonly text: string;
  /** What an empty answer means. */
  readonly otherwise: string;
}

export type Ask = (question: Question) => Promise<string>;

/** Asks on the terminal; without one, or where nobody wants to be asked, every answer is the default. */
export function asker(wanted: boolean): Ask {
  if (!wanted || !process.stdin.isTTY || !process.stdout.isTTY)
    return ({ otherwise }) => Promise.resolve(otherwise);
  return async ({ text, otherwise }) => {
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    try {
      const answer = await terminal.question(`${text} (${otherwise}) `);
      return answer.trim() === '' ? otherwise : answer.trim();
    } finally {
      terminal.close();
    }
  };
}
