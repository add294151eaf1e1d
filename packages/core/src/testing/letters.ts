import { z } from 'zod';
import type { Prompt, PromptSource, State, Tokenizer } from '../contracts/index.js';
import { definePlugin } from '../plugin/define-plugin.js';
import type { PluginManifest } from '../plugin/manifest.js';
import { cpuBackend } from './cpu-backend.js';
import { tabularPolicy } from './tabular-policy.js';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** Token i is the i-th letter, the last token ends a response. */
class LettersTokenizer implements Tokenizer {
  readonly endToken: number;

  constructor(readonly vocabularySize: number) {
    this.endToken = vocabularySize - 1;
  }

  encode(text: string): Int32Array {
    return Int32Array.from(text, (letter) => LETTERS.indexOf(letter));
  }

  encodePrompt({ input }: Pick<Prompt, 'input'>): Int32Array {
    return this.encode(input as string);
  }

  decode(tokens: ArrayLike<number>): string {
    return Array.from(tokens, (token) => (token === this.endToken ? '' : LETTERS[token])).join('');
  }

  files(): Record<string, string> {
    return {};
  }
}

/** One prompt per reference, in order, over and over. */
class LettersPrompts implements PromptSource {
  readonly fingerprint: string;
  private given = 0;

  constructor(private readonly references: readonly string[]) {
    this.fingerprint = references.join(' ');
  }

  get size(): number {
    return this.references.length;
  }

  async next(n: number): Promise<Prompt[]> {
    const prompts = Array.from({ length: n }, (_, i) =>
      this.at((this.given + i) % this.size, Math.floor((this.given + i) / this.size)),
    );
    this.given += n;
    return prompts;
  }

  async take(n: number): Promise<Prompt[]> {
    return Array.from({ length: Math.min(n, this.size) }, (_, i) => this.at(i, 0));
  }

  state(): State {
    return { json: this.given };
  }

  restore({ json }: State): void {
    this.given = json as number;
  }

  private at(index: number, visit: number): Prompt {
    return { id: `letter-${index}`, input: LETTERS[index]!, reference: this.references[index]!, columns: {}, visit };
  }
}

export const lettersTokenizer = definePlugin({
  kind: 'tokenizer',
  name: 'letters',
  options: z.strictObject({ vocabularySize: z.number().int().min(2).default(4) }),
  create: ({ vocabularySize }) => new LettersTokenizer(vocabularySize),
});

export const lettersPrompts = definePlugin({
  kind: 'prompts',
  name: 'letters',
  options: z.strictObject({ references: z.array(z.string()).min(1).default(['a', 'b', 'c', 'a']) }),
  create: ({ references }) => new LettersPrompts(references),
});

/** A smallest world for tests: prompts and answers of letters, and the policy of one table. */
export const testingManifest: PluginManifest = {
  name: '@dapo/core/testing',
  version: '0.1.0',
  plugins: {
    backend: { cpu: async () => ({ default: cpuBackend }) },
    policy: { tabular: async () => ({ default: tabularPolicy }) },
    tokenizer: { letters: async () => ({ default: lettersTokenizer }) },
    prompts: { letters: async () => ({ default: lettersPrompts }) },
  },
};
