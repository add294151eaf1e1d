// Run once by src/backends/wasm/revectorize.ts, in a process of its own because an engine that fails at this aborts:
// compiles the wide product with vectors joined, compares its results bit for bit with those of the usual one, and
// prints how many times as fast it is.

import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';

const [usualFile, wideFile, otherFile, on, off] = process.argv.slice(2);
const memory = new WebAssembly.Memory({ initial: 256, maximum: 65_536, shared: true });
const load = (file) =>
  new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)), { env: { memory } }).exports;

const usual = load(usualFile);
on.split(' ').forEach((flag) => setFlagsFromString(flag));
const wide = load(wideFile);
// Of the other module with wide tiles it is enough that it compiles.
load(otherFile);
off.split(' ').forEach((flag) => setFlagsFromString(flag));

const values = new Float32Array(memory.buffer);
for (let i = 0; i < values.length; i++) values[i] = ((i * 7919) % 1000) / 1000 - 0.5;
const [scratch, a, b, c] = [1 << 16, 1 << 21, 1 << 22, 3 << 22];

function multiply({ multiply: run }, [rows, columns, k, transposeA, transposeB]) {
  const [aStride, bStride] = [4 * (transposeA ? rows : k), 4 * (transposeB ? k : columns)];
  run(
    0,
    1,
    scratch,
    0,
    1,
    transposeA,
    transposeB,
    rows,
    columns,
    k,
    a,
    aStride,
    0,
    b,
    bStride,
    0,
    c,
    4 * columns,
    0,
    0,
  );
  return values.slice(c / 4, c / 4 + rows * columns);
}

for (let i = 0; i < 60; i++) {
  const shape = [1 + ((i * 37) % 101), 1 + ((i * 53) % 97), 1 + ((i * 71) % 300), i & 1, (i >> 1) & 1];
  const [expected, got] = [multiply(usual, shape), multiply(wide, shape)];
  if (!expected.every((value, j) => Object.is(value, got[j]))) process.exit(1);
}

const best = new Map([
  [usual, Infinity],
  [wide, Infinity],
]);
for (let i = 0; i < 200; i++) {
  for (const module of best.keys()) {
    const start = performance.now();
    multiply(module, [192, 128, 128, 0, 0]);
    best.set(module, Math.min(best.get(module), performance.now() - start));
  }
}
console.log(best.get(usual) / best.get(wide));
