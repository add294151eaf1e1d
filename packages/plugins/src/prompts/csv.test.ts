import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import fc from 'fast-check';
import { Random, type PromptSource } from '@dapo/core';
import csv, { splitRecord } from './csv.js';

let folder: string;
beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'dapo-csv-'));
});
afterAll(() => fs.rm(folder, { recursive: true }));

async function source(content: string, options: object = {}): Promise<PromptSource> {
  await fs.writeFile(path.join(folder, 'data.csv'), content);
  const settings = csv.options!.parse({ file: 'data.csv', ...options });
  return csv.create(settings, { random: new Random(1), configFolder: folder });
}

test('records become prompts; a field may hold separators, quotes and line breaks', async () => {
  const prompts = await source('prompt,answer,level\r\n"a, ""b""\nc",1,easy\r\n\r\nd,2,hard');
  expect(await prompts.take(9)).toMatchObject([
    { input: 'a, "b"\nc', reference: '1', columns: { level: 'easy' }, origin: 'data.csv:2' },
    { input: 'd', reference: '2', columns: { level: 'hard' }, origin: 'data.csv:5' },
  ]);
});

test('any fields survive being written by the rules and read again', () => {
  const quote = (field: string): string => `"${field.replaceAll('"', '""')}"`;
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (fields) => {
      expect(splitRecord(fields.map(quote).join(';'), ';')).toEqual(fields);
    }),
  );
});

test.each([
  ['a row with too few fields', 'prompt,answer\na,1\nb\n', /it has 1 fields, the header has 2[^]*data\.csv:3/],
  ['a quote without an end', 'prompt,answer\na,1\n"b,2\n', /never closed[^]*data\.csv:3/],
  ['a name twice in the header', 'prompt,prompt\na,1\n', /one name[^]*data\.csv:1/],
  ['a missing column', 'prompt,anwser\na,1\n', /no column «answer»[^]*nearest: {2}anwser/],
  ['a header alone', 'prompt,answer\n', /There are no prompts/],
])('%s is an error', async (_, content, message) => {
  await expect(source(content)).rejects.toThrow(message);
});
