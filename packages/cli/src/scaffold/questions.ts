import { createInterface } from 'node:readline/promises';
import { exitCodes } from '../exit-codes.js';
import { printAside } from '../terminal.js';

/** One question to a person. */
export interface Question {
  readonly text: string;
  /** What there is to choose from, shown above the question. */
  readonly about?: string;
  /** What an empty answer means. */
  readonly otherwise: string;
}

export type Ask = (question: Question) => Promise<string>;

/**
 * Asks on the terminal, where Ctrl-C and Ctrl-D end the command. Without a terminal, or where nobody wants to be asked,
 * every answer is the default.
 */
export function asker(wanted: boolean): Ask {
  if (!wanted || !process.stdin.isTTY || !process.stdout.isTTY) return ({ otherwise }) => Promise.resolve(otherwise);
  return async ({ text, about, otherwise }) => {
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    try {
      if (about !== undefined) process.stdout.write(`${about}\n`);
      const answer = await terminal.question(`${text} (${otherwise}) `);
      return answer.trim() === '' ? otherwise : answer.trim();
    } catch (error) {
      if ((error as { code?: string }).code !== 'ABORT_ERR') throw error;
      printAside('\nNothing was written.');
      process.exit(exitCodes.interrupted);
    } finally {
      terminal.close();
    }
  };
}
