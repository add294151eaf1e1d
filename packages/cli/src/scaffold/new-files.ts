import fs from 'node:fs/promises';
import path from 'node:path';
import { filesThere } from './scaffold-errors.js';

/** A file that is to be written. */
export interface NewFile {
  /** Relative to the folder it is written in, with `/`. */
  readonly name: string;
  readonly content: string | Uint8Array;
}

/** Never overwrites: either none of the files is there and all are written, or nothing is. */
export async function writeNewFiles(folder: string, files: readonly NewFile[], hint: string): Promise<void> {
  await refuseExisting(folder, files, hint);
  for (const { name, content } of files) {
    const target = path.join(folder, name);
    await fs.mkdir(path.dirname(target), { recursive: true });
    await fs.writeFile(target, content, { flag: 'wx' });
  }
}

/** @throws CommandError that names what is there already */
export async function refuseExisting(folder: string, files: readonly NewFile[], hint: string): Promise<void> {
  const there: string[] = [];
  for (const { name } of files) {
    const target = path.join(folder, name);
    if (await exists(target)) there.push(target);
  }
  if (there.length > 0) throw filesThere(there, hint);
}

async function exists(file: string): Promise<boolean> {
  return fs.lstat(file).then(
    () => true,
    () => false,
  );
}
