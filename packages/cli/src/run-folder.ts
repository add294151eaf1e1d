import { existsSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import path from 'node:path';
import { checkpointNotThere, notARun } from './command-error.js';

/** Makes `runs/NAME-20261124-093015`, in local time; `…-2` where another run began in the same second. */
export function makeRunFolder(name: string, now: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  mkdirSync('runs', { recursive: true });
  for (let same = 1; ; same++) {
    const folder = path.join('runs', `${name}-${day}-${time}${same === 1 ? '' : `-${same}`}`);
    if (makeNew(folder)) return folder;
  }
}

/** False where there is such a folder already. */
function makeNew(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Takes a folder away that nothing was written to. */
export function removeEmptyFolder(folder: string): void {
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

export interface RunTarget {
  readonly run: string;
  /** A checkpoint of it, where one was named. */
  readonly checkpoint?: string;
}

/** Understands the folder of a run and that of one of its checkpoints. */
export function findRun(folder: string): RunTarget {
  if (isRun(folder)) return { run: folder };
  const above = path.resolve(folder, '..', '..');
  if (existsSync(path.join(folder, 'state.json')) && isRun(above)) return { run: above, checkpoint: folder };
  if (isRun(above)) throw checkpointNotThere(folder, checkpointsOf(above));
  throw notARun(folder, hintFor(folder));
}

function isRun(folder: string): boolean {
  return existsSync(path.join(folder, 'manifest.json'));
}

export function hasCheckpoint(run: string): boolean {
  return checkpointsOf(run).length > 0;
}

function checkpointsOf(run: string): string[] {
  const folder = path.join(run, 'checkpoints');
  return existsSync(folder) ? readdirSync(folder).filter((name) => /^step-\d+$/.test(name)) : [];
}

/** The newest of the runs that lie where one would look for them. */
function hintFor(folder: string): string {
  for (const place of [folder, 'runs']) {
    if (!existsSync(place)) continue;
    const runs = readdirSync(place, { withFileTypes: true }).filter(
      (entry) => entry.isDirectory() && isRun(path.join(place, entry.name)),
    );
    const names = runs.map(({ name }) => path.join(place, name)).sort();
    if (names.length > 0) return `try ${names.slice(-3).join(', ')}`;
  }
  return 'begin one: dapo train';
}
