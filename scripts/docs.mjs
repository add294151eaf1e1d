#!/usr/bin/env node
/**
 * Writes docs/reference out of what the built packages say of themselves; run npm run build before it. With --check
 * nothing is written: the exit code is 1 where a page is missing, outdated, or not of this script.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCatalogue } from '../packages/cli/dist/catalogue.js';
import { referencePages } from '../packages/cli/dist/reference/pages.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = path.join(root, 'docs/reference');

/** Event → type of its payload, as the source has it. */
function readPayloads() {
  const source = readFileSync(path.join(root, 'packages/core/src/events/events.ts'), 'utf8');
  const found = source.matchAll(/^ {2}'?([a-z]+(?::[a-z]+)?)'?: (\{ readonly .*\});$/gm);
  return Object.fromEntries([...found].map(([, name, type]) => [name, type.replaceAll('readonly ', '')]));
}

function read(file) {
  try {
    return readFileSync(path.join(folder, file), 'utf8');
  } catch {
    return undefined;
  }
}

function filesThere() {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)));
}

mkdirSync(folder, { recursive: true });
const pages = referencePages(readCatalogue(), readPayloads());
const outdated = Object.keys(pages).filter((file) => read(file) !== pages[file]);
const foreign = filesThere().filter((file) => !(file.split(path.sep).join('/') in pages));

if (process.argv.includes('--check')) {
  for (const file of outdated) console.error(`docs/reference/${file} is not as the code says`);
  for (const file of foreign) console.error(`docs/reference/${file} is not written by scripts/docs.mjs`);
  if (outdated.length + foreign.length > 0) {
    console.error('Run: npm run build && npm run docs');
    process.exitCode = 1;
  }
} else {
  for (const file of foreign) rmSync(path.join(folder, file));
  for (const file of outdated) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), pages[file]);
  }
  console.log(
    `docs/reference: ${outdated.length} of ${Object.keys(pages).length} pages written, ${foreign.length} removed`,
  );
}
