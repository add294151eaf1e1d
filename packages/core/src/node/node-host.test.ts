import fs from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { removeFolder, temporaryFolder } from '../testing/temporary-folder.js';
import { readWhole } from './node-host.js';

test.each([1, 7, 64, 1000])('a file is read in pieces of %d bytes', async (piece) => {
  const folder = await temporaryFolder({});
  const bytes = Uint8Array.from({ length: 300 }, (_, i) => i % 251);
  await fs.writeFile(path.join(folder, 'state.bin'), bytes);
  const read = await readWhole(path.join(folder, 'state.bin'), piece);
  expect(read).toEqual(bytes);
  expect(read.byteOffset).toBe(0);
  await removeFolder(folder);
});
