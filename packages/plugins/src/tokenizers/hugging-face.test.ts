import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Tokenizer } from '@dapo/core';
import { afterAll, expect, test } from 'vitest';
import huggingFace from './hugging-face.js';

const models = path.resolve('test/fixtures/golden/models');
const scratch = await mkdtemp(path.join(tmpdir(), 'dapo-tokenizer-'));
afterAll(() => rm(scratch, { recursive: true }));

function load(folder: string, options: object = {}): Promise<Tokenizer> {
  const settings = huggingFace.options!.parse({ folder, ...options });
  return Promise.resolve(huggingFace.create(settings, { configFolder: '/' }));
}

test('an id that the vocabulary lacks is no text', async () => {
  const tokenizer = await load(path.join(models, 'qwen2'));
  expect(tokenizer.decode([tokenizer.vocabularySize + 5])).toBe('');
});

test('variables reach the template, which may be one of the user', async () => {
  await writeFile(path.join(scratch, 'own.jinja'), '{{ greeting }}{{ messages[0].content }}');
  const tokenizer = await load(path.join(models, 'qwen2'), {
    chatTemplate: path.join(scratch, 'own.jinja'),
    templateVariables: { greeting: 'Hi ' },
  });
  const ids = tokenizer.encodePrompt({ input: [{ role: 'user', content: 'you' }] });
  expect(tokenizer.decode(ids)).toBe('Hi you');
});

test('a folder without a tokenizer, a token that is none, and a template that refuses are named', async () => {
  await expect(load(scratch)).rejects.toThrow(
    /The tokenizer cannot be read\.\n.*at tokenizer\.folder, in .*tokenizer\.json/,
  );
  await expect(load(path.join(models, 'qwen2'), { endToken: '<|im_end|>' })).rejects.toThrow(
    /The end token is not in the vocabulary\.[\s\S]*received: <\|im_end\|>/,
  );
  await writeFile(path.join(scratch, 'strict.jinja'), "{{ raise_exception('no system message') }}");
  const strict = await load(path.join(models, 'qwen2'), { chatTemplate: path.join(scratch, 'strict.jinja') });
  const ask = (): unknown =>
    strict.encodePrompt({ input: [{ role: 'system', content: 'x' }], origin: 'data/train.jsonl:3' });
  expect(ask).toThrow(/chat template[\s\S]*data\/train\.jsonl:3[\s\S]*no system message/);
});

test('a folder without a chat template takes text alone, and says so', async () => {
  const plain = path.join(scratch, 'plain');
  await cp(path.join(models, 'qwen2'), plain, { recursive: true });
  await rm(path.join(plain, 'chat_template.jinja'));
  const tokenizer = await load(plain);
  expect(tokenizer.encodePrompt({ input: '2+3' }).length).toBeGreaterThan(0);
  expect(() => tokenizer.encodePrompt({ input: [{ role: 'user', content: '2+3' }] })).toThrow(/chat template/);
});
