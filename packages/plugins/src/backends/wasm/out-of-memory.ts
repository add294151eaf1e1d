import { DapoError } from '@dapo/core';
import type { WasmBackend } from './heap.js';

/**
 * Makes a failed allocation an error. As shipped, the backend takes the address 0 for a tensor's place, overwrites what
 * lies there and fails much later with «memory access out of bounds». 32-bit addresses end at 4 GiB.
 */
export function guardAllocation(backend: WasmBackend): void {
  const wasm = backend.wasm;
  // The property replaces itself at its first call (Emscripten): after one call it is the export itself.
  wasm._malloc(0);
  const allocate = wasm._malloc.bind(wasm);
  wasm._malloc = (bytes) => {
    const address = allocate(bytes) >>> 0;
    if (address === 0 && bytes > 0) throw outOfMemory(bytes, wasm.asm.memory.buffer.byteLength);
    return address;
  };
}

function outOfMemory(bytes: number, heapBytes: number): DapoError {
  const mebibytes = (value: number): string => `${(value / 2 ** 20).toFixed(0)} MiB`;
  return new DapoError({
    code: 'DAPO_BACKEND_OUT_OF_MEMORY',
    message: `The wasm backend has no room for a tensor of ${mebibytes(bytes)}.`,
    expected: 'all tensors together within 4 GiB, the reach of 32-bit addresses',
    received: `a heap of ${mebibytes(heapBytes)}, in use or in pieces`,
    hint: 'Use smaller mini-batches or shorter responses, a smaller model, or the backend tensorflow',
  });
}
