import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Host } from '../training/host.js';
import { claimFolder } from './claim-folder.js';
import { hashOfBytes, hashOfFolders, hashOfPlugin } from './hash-code.js';

/** The files and facts of the machine that Node runs on. */
export const nodeHost: Host = {
  join: (...parts) => path.join(...parts),
  relative: (from, to) => path.relative(from, to),
  resolve: (folder, file) => path.resolve(folder, file),
  readText: (file) => (existsSync(file) ? fs.readFile(file, 'utf8') : Promise.resolve(undefined)),
  readBytes: (file) => readWhole(file),
  write: writeWhole,
  append: async (file, content) => {
    await fs.mkdir(path.dirname(file), { recursive: true });
    await fs.appendFile(file, content);
  },
  truncate: fs.truncate,
  size: async (file) => (existsSync(file) ? (await fs.stat(file)).size : 0),
  makeFolder: async (folder) => {
    await fs.mkdir(folder, { recursive: true });
  },
  replaceFolder: async (from, to) => {
    await fs.rm(to, { recursive: true, force: true });
    await fs.rename(from, to);
    await syncFolder(path.dirname(to));
  },
  remove: (target) => fs.rm(target, { recursive: true, force: true }),
  claim: claimFolder,
  list: async (folder) => (existsSync(folder) ? fs.readdir(folder) : []),
  machine: () => ({
    node: process.version,
    platform: `${os.platform()} ${os.release()} ${os.arch()}`,
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
  }),
  hashFile: async (file) => (existsSync(file) ? hashOfBytes(file) : undefined),
  hashCode: (folders) => hashOfFolders(folders.map((folder) => fileURLToPath(folder))),
  hashPlugin: (code, kind, name) => hashOfPlugin(fileURLToPath(code), kind, name),
  peakMemory: () => process.resourceUsage().maxRSS / 1024,
};

/** The most that is asked for at once: Node reads no file of 2 GiB in one piece. */
const PIECE = 2 ** 30;

/** @param piece bytes at a time */
export async function readWhole(file: string, piece = PIECE): Promise<Uint8Array> {
  const handle = await fs.open(file, 'r');
  try {
    const bytes = new Uint8Array((await handle.stat()).size);
    for (let at = 0; at < bytes.length;) {
      const { bytesRead } = await handle.read(bytes, at, Math.min(piece, bytes.length - at), at);
      if (bytesRead === 0) return bytes.subarray(0, at);
      at += bytesRead;
    }
    return bytes;
  } finally {
    await handle.close();
  }
}

/** Written beside its place, synced, and renamed over it. */
async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  await fs.mkdir(path.dirname(file), { recursive: true });
  const draft = path.join(path.dirname(file), `.${path.basename(file)}.draft`);
  const handle = await fs.open(draft, 'w');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await fs.rename(draft, file);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await fs.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
