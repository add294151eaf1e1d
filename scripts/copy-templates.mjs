// Copies templates/ into packages/cli/templates, so that they travel in the package of the command line. What runs and
// installs leave behind stays where it is. Part of the build, and of packing @dapo/cli.

import { cp, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const from = fileURLToPath(new URL('../templates', import.meta.url));
const to = fileURLToPath(new URL('../packages/cli/templates', import.meta.url));
const leftBehind = new Set(['node_modules', 'runs', 'dist', '.git', '.vite', '.DS_Store', 'package-lock.json']);

await rm(to, { recursive: true, force: true });
await cp(from, to, { recursive: true, filter: (source) => !leftBehind.has(basename(source)) });
