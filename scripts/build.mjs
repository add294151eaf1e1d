#!/usr/bin/env node
/** Builds the packages: wasm kernels, TypeScript, and what the CLI reads: the catalogue of plugins, the templates. Needs npm install first. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

for (const args of [
  ['scripts/build-kernels.mjs'],
  ['node_modules/typescript/bin/tsc', '-b'],
  ['scripts/build-catalogue.mjs'],
  ['scripts/copy-templates.mjs'],
]) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
