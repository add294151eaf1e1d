// Copies templates/ into packages/cli/templates, so that they travel in the package of the command line. What runs and
// installs leave behind stays where it is. Part of the build, and of packing @dapo/cli. Only what has changed is
// touched: while one process packs, another may read them.

import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const from = fileURLToPath(new URL('../templates', import.meta.url));
const to = fileURLToPath(new URL('../packages/cli/templates', import.meta.url));
const leftBehind = new Set(['node_modules', 'runs', 'dist', '.git', '.vite', '.DS_Store', 'package-lock.json']);

/** Files below a folder, relative to it. */
async function filesIn(folder, within = '') {
  const entries = await readdir(path.join(folder, within), { withFileTypes: true }).catch(() => []);
  const below = entries
    .filter((entry) => !leftBehind.has(entry.name))
    .map(async (entry) => {
      const name = path.join(within, entry.name);
      return entry.isDirectory() ? filesIn(folder, name) : [name];
    });
  return (await Promise.all(below)).flat();
}

/** A package.json within a package is taken for that of a part of it: by bundlers, and by publint. */
function copiedName(file) {
  const [, ...inside] = file.split(path.sep);
  return inside.join('/') === 'package.json' ? file.replace(/package\.json$/, 'package.template.json') : file;
}

async function copy(file) {
  const target = path.join(to, copiedName(file));
  const content = await readFile(path.join(from, file));
  const before = await readFile(target).catch(() => undefined);
  if (before?.equals(content)) return;
  await mkdir(path.dirname(target), { recursive: true });
  const draft = `${target}.${process.pid}`;
  await writeFile(draft, content);
  await rename(draft, target);
}

const files = await filesIn(from);
await Promise.all(files.map(copy));
const wanted = new Set(files.map(copiedName));
const isDraft = (file) => /\.\d+$/.test(file);
const stale = (await filesIn(to)).filter((file) => !wanted.has(file) && !isDraft(file));
await Promise.all(stale.map((file) => rm(path.join(to, file), { force: true })));
