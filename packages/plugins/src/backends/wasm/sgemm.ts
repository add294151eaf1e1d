import type { Heap } from './heap.js';
import { loadModule, loadRelaxedModule } from './modules.js';

/** assembly/sgemm.ts; addresses and strides in bytes. */
interface SgemmFunctions {
  readonly scratchBytes: () => number;
  readonly sgemm: (
    batch: number,
    transposeA: boolean,
    transposeB: boolean,
    rows: number,
    columns: number,
    k: number,
    a: number,
    aStride: number,
    aBatch: number,
    b: number,
    bStride: number,
    bBatch: number,
    c: number,
    cStride: number,
    cBatch: number,
    scratch: number,
  ) => void;
}

/** A compiled form of the product, and what a manifest calls it. */
export interface SgemmVariant {
  readonly name: 'simd 4x8' | 'relaxed-simd 6x8';
  readonly functions: SgemmFunctions;
}

/**
 * The fastest form that this Node runs. Relaxed SIMD joins multiplication and addition into one instruction with one
 * rounding where the processor has it: 1.5 times as fast, but other bits on processors without.
 */
export function loadSgemm(heap: Heap, relaxed: boolean): SgemmVariant {
  const functions = relaxed ? loadRelaxedModule<SgemmFunctions>('sgemm-relaxed', heap.memory) : undefined;
  if (functions) return { name: 'relaxed-simd 6x8', functions };
  return { name: 'simd 4x8', functions: loadModule<SgemmFunctions>('sgemm', heap.memory) };
}
