import { outOfMemory } from '../../backend-errors.js';
import { memoryOf, type WasmBackend } from './heap.js';

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
    if (address === 0 && bytes > 0) throw outOfMemory(bytes, memoryOf(backend).buffer.byteLength);
    return address;
  };
}
