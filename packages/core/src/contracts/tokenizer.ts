import type { Prompt } from './data.js';
import type { Lifecycle } from './stateful.js';

/** Text to token ids and back. */
export interface Tokenizer extends Lifecycle {
  readonly vocabularySize: number;
  /** Ends a response. */
  readonly endToken: number;
  /** Token ids of a text, without special tokens. Throws a DapoError on text it can't express. */
  encode(text: string): Int32Array;
  /** Token ids of a prompt: its text, or its messages through the chat template. */
  encodePrompt(prompt: Pick<Prompt, 'input' | 'origin'>): Int32Array;
  /** The text of tokens, special tokens left out. */
  decode(tokens: ArrayLike<number>): string;
  /** What another program needs to read the same tokens, saved beside the weights: file name → content. */
  files(): Readonly<Record<string, string>>;
}
