import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileRevectorized } from './revectorize.js';

const tested = process.versions.v8.startsWith('13.6.');
const before = process.env['XDG_CACHE_HOME'];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dapo-revectorize-'));
  process.env['XDG_CACHE_HOME'] = folder;
});
afterAll(async () => {
  if (before === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = before;
  await rm(folder, { recursive: true });
});

test.runIf(!tested)('a version of V8 that was not tested is left alone, and told of one that was', async () => {
  expect(compileRevectorized(true)).toMatchObject({ reason: expect.stringContaining('Node 24') as string });
  await expect(readFile(join(folder, 'dapo', 'revectorize.json'))).rejects.toThrow('ENOENT');
});

test.runIf(tested)('what a trial found is remembered, and a broken memory is written anew', async () => {
  const first = compileRevectorized(true);
  const file = join(folder, 'dapo', 'revectorize.json');
  const [key, factor] = Object.entries(JSON.parse(await readFile(file, 'utf8')) as Record<string, number>)[0]!;
  expect(factor >= 1.2).toBe('modules' in first);
  await writeFile(file, JSON.stringify({ [key]: 0 }));
  expect(compileRevectorized(true)).toMatchObject({ reason: expect.stringContaining('no gain') as string });
  await writeFile(file, '{');
  compileRevectorized(true);
  expect(Object.keys(JSON.parse(await readFile(file, 'utf8')) as object)).toEqual([key]);
});
