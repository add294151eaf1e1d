import type { RandomKey, tf } from '@dapo/core';

/** One response on its way. */
export interface Row {
  /** Which of the prompts it answers, and that prompt's tokens. */
  readonly owner: number;
  readonly prompt: Int32Array;
  readonly key: RandomKey;
  readonly tokens: number[];
  readonly logProbs: number[];
}

/** The token that goes through the decoder next: the last one drawn, at first the prompt's last. */
export function newestToken({ prompt, tokens }: Row): number {
  return tokens.at(-1) ?? prompt.at(-1)!;
}

/** Its position. */
export function newestPosition({ prompt, tokens }: Row): number {
  return prompt.length - 1 + tokens.length;
}

/** Keys and values of rows that go through the decoder together, token by token. */
export interface Decoding {
  /**
   * Lets waiting rows in, those of the first prompts first: as many as there is room for.
   *
   * @param waiting rows prompt by prompt
   * @param from the first that hasn't been let in
   * @returns how many were
   */
  admit(waiting: readonly Row[], from: number): number;
  /** Hidden states after the last norm of the newest token of each row [rows, D]. To be called within a tidy, once a token. */
  next(rows: readonly Row[]): tf.Tensor2D;
  /** Rows that have ended give their room back. */
  release(rows: readonly Row[]): void;
  dispose(): void;
}
