import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** Who works in a folder. Numbers of processes are given out again: with its start it is the same one. */
interface Holder {
  readonly host: string;
  readonly pid: number;
  /** In ticks since the machine's; absent where the machine doesn't tell. */
  readonly started?: string;
}

/** Locks that this process holds. */
const held = new Set<string>();

/** Writes a lock into a folder; that of a process that is no more, or of another machine, counts for nothing. */
export async function claimFolder(folder: string, lock: string): Promise<number | (() => Promise<void>)> {
  const file = path.resolve(folder, lock);
  if (held.has(file)) return process.pid;
  const made = await fs.mkdir(folder, { recursive: true });
  const own: Holder = { host: os.hostname(), pid: process.pid, started: await startOf(process.pid) };
  while (!(await createWith(file, JSON.stringify(own)))) {
    const other = await readHolder(file);
    if (other && (await isAtWork(other))) return other.pid;
    await fs.rm(file, { force: true });
  }
  held.add(file);
  return async () => {
    held.delete(file);
    await fs.rm(file, { force: true });
    // A run that did not come to anything leaves no folder behind.
    if (made !== undefined) await fs.rmdir(folder).catch(() => undefined);
  };
}

/** False where the file is there already. */
async function createWith(file: string, content: string): Promise<boolean> {
  try {
    await fs.writeFile(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await fs.readFile(file, 'utf8')) as Holder;
  } catch {
    // Given back meanwhile, or its writer was killed within the line.
    return undefined;
  }
}

async function isAtWork({ host, pid, started }: Holder): Promise<boolean> {
  // A run of this process that was held would be known; a number that was given out again is another's.
  if (host !== os.hostname() || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return started === undefined || started === (await startOf(pid));
}

/** When a process began; undefined where the machine doesn't tell, or it has ended and nobody has asked for its code yet. */
async function startOf(pid: number): Promise<string | undefined> {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return undefined;
  const text = await fs.readFile(file, 'utf8').catch(() => '');
  // The name of the program, in brackets, may hold anything.
  const [state, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' ? undefined : rest[18];
}
