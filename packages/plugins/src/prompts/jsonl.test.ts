import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Random, type PromptSource } from '@dapo/core';
import jsonl from './jsonl.js';

let folder: string;
beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'dapo-jsonl-'));
});
afterAll(() => fs.rm(folder, { recursive: true }));

async function source(content: string | Uint8Array, options: object = {}): Promise<PromptSource> {
  await fs.writeFile(path.join(folder, 'data.jsonl'), content);
  const settings = jsonl.options!.parse({ file: 'data.jsonl', ...options });
  return jsonl.create(settings, { random: new Random(1), configFolder: folder });
}

const rows = (count: number): string =>
  Array.from(
    { length: count },
    (_, i) => `${JSON.stringify({ prompt: `what is ${i}?`, answer: i, level: 'easy' })}\n`,
  ).join('');

test('a row becomes a prompt with its place, its other columns and an id of its text', async () => {
  const prompts = await source(rows(3));
  const id = createHash('sha256').update('what is 1?').digest('hex').slice(0, 16);
  const expected = {
    id,
    input: 'what is 1?',
    reference: '1',
    columns: { level: 'easy' },
    origin: 'data.jsonl:2',
    visit: 0,
  };
  expect((await prompts.take(3))[1]).toEqual(expected);
});

test('columns are named by the options; messages are taken as they are', async () => {
  const chat = [{ role: 'user', content: 'hello' }];
  const options = { input: 'messages', id: 'key', reference: false };
  const prompts = await source(`${JSON.stringify({ messages: chat, key: 7, prompt: 'x' })}\n`, options);
  expect(await prompts.take(1)).toMatchObject([{ id: '7', input: chat, columns: { prompt: 'x' } }]);
  expect((await prompts.take(1))[0]!.reference).toBeUndefined();
});

test('the two sides of the split are the whole file', async () => {
  const sides = await Promise.all(
    ['train', 'heldOut'].map(async (split) => (await source(rows(400), { split, heldOutShare: 0.25 })).take(400)),
  );
  const [train, heldOut] = sides.map((prompts) => prompts.map(({ input }) => input));
  expect(new Set([...train!, ...heldOut!]).size).toBe(400);
  expect(train!.length + heldOut!.length).toBe(400);
  expect(heldOut!.length).toBeGreaterThan(60);
  expect(heldOut!.length).toBeLessThan(140);
});

test('the fingerprint is that of the bytes and the side', async () => {
  const sha256 = createHash('sha256').update(rows(9)).digest('hex');
  expect((await source(rows(9))).fingerprint).toBe(`data.jsonl sha256:${sha256}`);
  expect((await source(rows(9), { split: 'train' })).fingerprint).toBe(`data.jsonl train 0.0625 sha256:${sha256}`);
});

test('lines longer than a chunk, Windows line breaks, empty lines and a missing last break are read', async () => {
  const long = 'x'.repeat(200_000);
  const prompts = await source(`{"prompt":"${long}","answer":1}\r\n\n  \n{"prompt":"é","answer":2}`);
  const read = await prompts.take(9);
  expect(read.map(({ origin }) => origin)).toEqual(['data.jsonl:1', 'data.jsonl:4']);
  expect(read[0]!.input).toHaveLength(200_000);
});

test('a column called __proto__ is only a column', async () => {
  const prompts = await source('{"prompt":"a","answer":"1","__proto__":{"polluted":true}}\n');
  const columns: { polluted?: boolean } = (await prompts.take(1))[0]!.columns;
  expect(Object.hasOwn(columns, '__proto__')).toBe(true);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  expect(columns.polluted).toBeUndefined();
  await expect(source('{"prompt":"a","answer":"1"}\n', { id: '__proto__' })).rejects.toThrow(/no column «__proto__»/);
});

test.each([
  ['a broken row', `${rows(1)}{"prompt": oops}\n${rows(1)}`, /can not be read[^]*data\.jsonl:2/],
  ['a row that is a list', `${rows(1)}[1]\n`, /it is no object[^]*data\.jsonl:2/],
  ['a torn last line', `${rows(2)}{"prompt":"wha`, /the file ends in the middle of it[^]*data\.jsonl:3/],
  ['no rows', '\n', /There are no prompts[^]*data\.jsonl/],
  [
    'a missing column',
    '{"promt":"a","answer":"1"}\n',
    /no column «prompt»[^]*data\.jsonl:1[^]*promt or answer[^]*nearest: {2}promt/,
  ],
  ['a prompt that is a number', '{"prompt":3,"answer":"1"}\n', /column «prompt»[^]*data\.jsonl:1[^]*received: 3/],
  ['a reference that is nothing', '{"prompt":"a","answer":null}\n', /column «answer»[^]*received: null/],
  ['a prompt twice', `${rows(2)}${rows(1)}`, /line 1 has, too[^]*data\.jsonl:3/],
])('%s is an error with its line', async (_, content, message) => {
  await expect(source(content)).rejects.toThrow(message);
});

test('bytes that are no UTF-8 are named by line', async () => {
  const bytes = Buffer.concat([Buffer.from(rows(1)), Buffer.from([0x22, 0xff, 0x22, 0x0a])]);
  await expect(source(bytes)).rejects.toThrow(/not UTF-8[^]*data\.jsonl:2/);
});

test('a missing file is named with its whole path', async () => {
  const settings = jsonl.options!.parse({ file: 'nowhere.jsonl' });
  await expect(jsonl.create(settings, { random: new Random(1), configFolder: folder })).rejects.toThrow(
    path.join(folder, 'nowhere.jsonl'),
  );
});
