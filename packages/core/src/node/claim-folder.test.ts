import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeFolder, temporaryFolder } from '../testing/temporary-folder.js';
import { claimFolder } from './claim-folder.js';

let folder: string;
beforeEach(async () => void (folder = await temporaryFolder({})));
afterEach(() => removeFolder(folder));

const lock = (): string => path.join(folder, 'run.lock');
const claimed = async (of = folder): Promise<() => Promise<void>> => {
  const release = await claimFolder(of, 'run.lock');
  if (typeof release === 'number') throw new Error(`process ${release} has it`);
  return release;
};

test('a folder has one run at a time, of this process as well', async () => {
  const release = await claimed();
  expect(await claimFolder(folder, 'run.lock')).toBe(process.pid);
  await release();
  await (
    await claimed()
  )();
  expect(existsSync(lock())).toBe(false);
});

test('one that another process works in is refused, until that is no more', async () => {
  const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
  await fs.writeFile(lock(), JSON.stringify({ host: hostname(), pid: other.pid }));
  expect(await claimFolder(folder, 'run.lock')).toBe(other.pid);
  const ended = new Promise((resolve) => other.once('exit', resolve));
  other.kill('SIGKILL');
  await ended;
  await (
    await claimed()
  )();
});

test.runIf(existsSync('/proc/self/stat'))(
  'a number that was given out again is not the process that wrote it',
  async () => {
    await fs.writeFile(lock(), JSON.stringify({ host: hostname(), pid: process.ppid, started: '1' }));
    await (
      await claimed()
    )();
  },
);

test.each(['', '{"host"', JSON.stringify({ host: 'another machine', pid: process.ppid })])(
  'a lock that says nothing of this machine counts for nothing: %s',
  async (content) => {
    await fs.writeFile(lock(), content);
    await (
      await claimed()
    )();
  },
);

test('a folder that was made for it goes with it, where nothing was written', async () => {
  const made = path.join(folder, 'runs', 'first');
  await (
    await claimed(made)
  )();
  expect(existsSync(made)).toBe(false);
  const release = await claimed(made);
  await fs.writeFile(path.join(made, 'manifest.json'), '{}');
  await release();
  expect(await fs.readdir(made)).toEqual(['manifest.json']);
});
