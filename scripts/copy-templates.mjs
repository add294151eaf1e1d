// Copies templates/ into packages/cli/templates, so that they travel in the package of the command line. What runs and
// installs leave behind stays where it is. Part of the build, and of packing @dapo/cli.

import { cp, readdir, rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const from = fileURLToPath(new URL('../templates', import.meta.url));
const to = fileURLToPath(new URL('../packages/cli/templates', import.meta.url));
const leftBehind = new Set(['node_modules', 'runs', 'dist', '.git', '.vite', '.DS_Store', 'package-lock.json']);

await rm(to, { recursive: true, force: true });
await cp(from, to, { recursive: true, filter: (source) => !leftBehind.has(basename(source)) });

// A package.json within a package is taken for that of a part of it: by bundlers, and by publint.
for (const name of await readdir(to)) {
  const folder = `${to}/${name}`;
  if ((await readdir(folder)).includes('package.json')) await rename(`${folder}/package.json`, `${folder}/package.template.json`);
}
