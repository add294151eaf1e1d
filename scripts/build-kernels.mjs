// Compiles the kernels of the wasm backend, packages/plugins/assembly/*.ts, into packages/plugins/wasm/*.wasm.
// What is newer than its sources is left alone: `node scripts/build-kernels.mjs [--force]`.

import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const plugins = fileURLToPath(new URL('../packages/plugins/', import.meta.url));
const from = join(plugins, 'assembly');
const to = join(plugins, 'wasm');

/** Module → its entry file and what it needs beyond 128-bit SIMD. */
const modules = {
  dense: { entry: 'dense.ts', features: [] },
  'dense-relaxed': { entry: 'dense.ts', features: ['relaxed-simd'] },
  /** For engines that join vectors of 128 bits: src/backends/wasm/revectorize.ts. */
  'dense-wide': { entry: 'dense.ts', features: ['relaxed-simd'], use: ['WIDE_TILE=i32'] },
  decode: { entry: 'decode.ts', features: [] },
  'decode-relaxed': { entry: 'decode.ts', features: ['relaxed-simd'] },
  'decode-wide': { entry: 'decode.ts', features: ['relaxed-simd'], use: ['WIDE_TILE=i32'] },
  fused: { entry: 'fused.ts', features: [] },
  elementwise: { entry: 'elementwise.ts', features: [] },
  layout: { entry: 'layout.ts', features: [] },
  sum: { entry: 'sum.ts', features: [] },
  'unsorted-segment-sum': { entry: 'unsorted-segment-sum.ts', features: [] },
};

/** A module of the one sort doesn't link to a memory of the other. */
const memories = {
  '': [],
  '.shared': ['--sharedMemory', '--maximumMemory', '65536', '--enable', 'threads'],
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

async function compile(name, { entry, features, use = [] }, memory) {
  const { default: asc } = await import('assemblyscript/asc');
  const output = join(to, name);
  const enable = [...features.flatMap((feature) => ['--enable', feature]), ...use.flatMap((alias) => ['--use', alias])];
  const { error, stderr } = await asc.main([join(from, entry), ...flags, ...enable, ...memory, '-o', output]);
  if (error) throw new Error(`${entry} does not compile: ${error.message}\n${stderr.toString()}`);
  // A data segment would overwrite memory of TensorFlow.js as soon as the module is loaded.
  const { readFile } = await import('node:fs/promises');
  if (hasDataSection(await readFile(output))) throw new Error(`${entry} compiles to a data segment: use no tables`);
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
  for (const [suffix, memory] of Object.entries(memories)) {
    const output = `${name}${suffix}.wasm`;
    if (((await modified(join(to, output))) ?? 0) < newest) await compile(output, module, memory);
  }
}
