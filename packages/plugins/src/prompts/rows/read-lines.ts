import { createReadStream } from 'node:fs';
import type { Hash } from 'node:crypto';
import { folderForFile, malformedRow, missingFile } from '@dapo/core';

export interface Line {
  /** Without its line break. */
  readonly text: string;
  /** From 1. */
  readonly number: number;
  /** Whether a line break follows; without one the file may have been cut off. */
  readonly ended: boolean;
}

const LINE_BREAK = 0x0a;

/**
 * The lines of a UTF-8 file, one at a time; every byte goes into `hash`.
 *
 * @param name how errors call the file
 * @throws DapoError where there is no such file, or where a line isn't UTF-8
 */
export async function* readLines(file: string, name: string, hash: Hash): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let number = 0;
  const lineOf = (bytes: Uint8Array, ended: boolean): Line => {
    number += 1;
    try {
      return { text: decoder.decode(bytes), number, ended };
    } catch {
      throw malformedRow(name, number, 'it is not UTF-8');
    }
  };
  let rest = Buffer.alloc(0);
  for await (const chunk of readBytes(file)) {
    hash.update(chunk);
    rest = Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = rest.indexOf(LINE_BREAK); end >= 0; end = rest.indexOf(LINE_BREAK, start)) {
      yield lineOf(rest.subarray(start, end), true);
      start = end + 1;
    }
    rest = rest.subarray(start);
  }
  if (rest.length > 0) yield lineOf(rest, false);
}

async function* readBytes(file: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(file)) yield chunk as Buffer;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw missingFile(file);
    if (code === 'EISDIR') throw folderForFile(file);
    throw error;
  }
}
