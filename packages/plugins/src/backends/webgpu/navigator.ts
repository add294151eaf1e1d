import type { Gpu } from './device.js';

/** WebGPU where the process has it by itself, as a page does. */
export function pageGpu(): Gpu | undefined {
  return (globalThis as { readonly navigator?: { readonly gpu?: Gpu } }).navigator?.gpu;
}

/**
 * TensorFlow.js makes no WebGPU backend where `navigator.gpu` is missing, as in Node. It is there while `make` runs and
 * no longer: other packages take a process with a navigator for a page, and Node doesn't end while one holds Dawn.
 */
export function withNavigator<T>(gpu: Gpu, make: () => T): T {
  if (pageGpu()) return make();
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  try {
    return make();
  } finally {
    if (before) Object.defineProperty(globalThis, 'navigator', before);
    else delete (globalThis as { navigator?: unknown }).navigator;
  }
}
