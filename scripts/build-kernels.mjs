// Compiles the kernels of the wasm backend, packages/plugins/assembly/*.ts, into packages/plugins/wasm/*.wasm.
// What is newer than its sources is left alone: `node scripts/build-kernels.mjs [--force]`.

import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const plugins = fileURLToPath(new URL('../packages/plugins/', import.meta.url));
const from = join(plugins, 'assembly');
const to = join(plugins, 'wasm');

/** Output → its entry file and what it needs beyond 128-bit SIMD. */
const modules = {
  'sgemm.wasm': { entry: 'sgemm.ts', features: [] },
  'sgemm-relaxed.wasm': { entry: 'sgemm.ts', features: ['relaxed-simd'] },
  'elementwise.wasm': { entry: 'elementwise.ts', features: [] },
  'layout.wasm': { entry: 'layout.ts', features: [] },
  'sum.wasm': { entry: 'sum.ts', features: [] },
  'unsorted-segment-sum.wasm': { entry: 'unsorted-segment-sum.ts', features: [] },
};

// A module is a guest in the memory of TensorFlow.js's own backend, so it must own nothing there: no data
// segments, no stack, no allocator. `--runtime stub` brings none and scratch memory comes as an argument.
const flags = [
  '-O3',
  '--runtime',
  'stub',
  '--noAssert',
  '--importMemory',
  '--enable',
  'simd',
  '--enable',
  'bulk-memory',
];

async function modified(path) {
  return (await stat(path).catch(() => undefined))?.mtimeMs;
}

/** When the youngest source changed; this file is one, since the flags stand here. */
async function newestSource() {
  const names = (await readdir(from)).filter((name) => name.endsWith('.ts'));
  const paths = [...names.map((name) => join(from, name)), fileURLToPath(import.meta.url)];
  return Math.max(...(await Promise.all(paths.map(modified))));
}

async function compile(name, { entry, features }) {
  const { default: asc } = await import('assemblyscript/asc');
  const output = join(to, name);
  const enable = features.flatMap((feature) => ['--enable', feature]);
  const { error, stderr } = await asc.main([join(from, entry), ...flags, ...enable, '-o', output]);
  if (error) throw new Error(`${entry} does not compile: ${error.message}\n${stderr.toString()}`);
  // A data segment would overwrite memory of TensorFlow.js as soon as the module is loaded.
  const { readFile } = await import('node:fs/promises');
  if (hasDataSection(await readFile(output)))
    throw new Error(`${entry} compiles to a data segment: use no tables`);
  console.log(`compiled packages/plugins/wasm/${name}`);
}

/** Walks the sections of a module (id, length in LEB128, body); 11 is the data section. */
function hasDataSection(bytes) {
  for (let at = 8; at < bytes.length;) {
    const id = bytes[at++];
    let length = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      length |= (bytes[at] & 127) << shift;
      more = bytes[at++] > 127;
    }
    if (id === 11) return true;
    at += length;
  }
  return false;
}

await mkdir(to, { recursive: true });
const newest = process.argv.includes('--force') ? Infinity : await newestSource();
for (const [name, module] of Object.entries(modules)) {
  if (((await modified(join(to, name))) ?? 0) < newest) await compile(name, module);
}
