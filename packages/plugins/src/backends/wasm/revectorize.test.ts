import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { compileRevectorized, remembered, tryInChild } from './revectorize.js';

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

test('a trial is a verdict where the child ends by itself, and none where it was ended', () => {
  expect(tryInChild(['-p', '1.9'])).toBe(1.9);
  expect(tryInChild(['-e', 'process.exit(1)'])).toBe(0);
  expect(tryInChild(['-e', 'setInterval(() => {}, 1000)'], 300)).toBeUndefined();
  expect(tryInChild(['-e', "process.kill(process.pid, 'SIGKILL')"])).toBeUndefined();
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

test('a verdict is remembered; a trial without one is made again', () => {
  process.env['XDG_CACHE_HOME'] = join(folder, 'another');
  const find = vi
    .fn<() => number | undefined>()
    .mockReturnValueOnce(undefined)
    .mockReturnValueOnce(0)
    .mockReturnValue(2);
  const asked = [1, 2, 3].map(() => remembered('a machine', find));
  expect(asked).toEqual([undefined, 0, 0]);
  expect(find).toHaveBeenCalledTimes(2);
  process.env['XDG_CACHE_HOME'] = folder;
});
