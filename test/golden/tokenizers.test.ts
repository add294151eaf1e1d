import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tokenizer } from '@dapo/core';
import { beforeAll, describe, expect, test } from 'vitest';
import huggingFace from '../../packages/plugins/src/tokenizers/hugging-face.js';
import { goldenFolder } from './golden-folder.js';

interface Expected {
  readonly tokenizer: readonly { readonly text: string; readonly ids: readonly number[] }[];
  readonly chat: {
    readonly messages: readonly {
      readonly role: 'system' | 'user' | 'assistant';
      readonly content: string;
    }[];
    readonly rendered: string;
    readonly ids: readonly number[];
  };
}

const models = join(goldenFolder(), 'models');
const names = readdirSync(models).filter((name) => existsSync(join(models, name, 'expected.json')));

describe.each(names)('the tokenizer of %s', (name) => {
  let tokenizer: Tokenizer;
  let expected: Expected;
  beforeAll(async () => {
    const options = huggingFace.options!.parse({ folder: join(models, name) });
    tokenizer = await huggingFace.create(options, { configFolder: '/' });
    expected = JSON.parse(readFileSync(join(models, name, 'expected.json'), 'utf8')) as Expected;
  });

  test('gives the ids that transformers gives, and the text again', () => {
    expect(expected.tokenizer.length).toBeGreaterThan(0);
    for (const { text, ids } of expected.tokenizer) {
      expect([...tokenizer.encode(text)]).toEqual(ids);
      expect(tokenizer.decode(ids)).toBe(text.replaceAll(/<\|\w+\|>/g, '')); // special tokens are no text
    }
  });

  test('renders messages as the chat template of the folder does', () => {
    const { messages, ids } = expected.chat;
    expect([...tokenizer.encodePrompt({ input: [...messages] })]).toEqual(ids);
  });

  test('knows the end token, which no text shows', () => {
    const { ids, text } = expected.tokenizer[0]!;
    expect(tokenizer.decode([...ids, tokenizer.endToken])).toBe(text);
    expect(tokenizer.endToken).toBeLessThan(tokenizer.vocabularySize);
  });

  test('saves the files as they were', () => {
    for (const [file, content] of Object.entries(tokenizer.files()))
      expect(content).toBe(readFileSync(join(models, name, file), 'utf8'));
    expect(Object.keys(tokenizer.files())).toContain('chat_template.jinja');
  });
});
