import { DapoError, tf } from '@dapo/core';
import { type Heap, requireFloat32, sizeOf } from './heap.js';
import { loadModule, loadRelaxedModule } from './modules.js';

/** assembly/sgemm.ts */
interface Sgemm {
  scratchBytes(): number;
  sgemm(
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
  ): void;
}

/** A product's dimensions, checked. */
interface Dimensions {
  readonly rows: number;
  readonly columns: number;
  readonly k: number;
  /** Leading dimensions of a, of b, and of both after broadcasting. */
  readonly batchA: readonly number[];
  readonly batchB: readonly number[];
  readonly batch: readonly number[];
}

export type Multiply = (
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  transposeA: boolean,
  transposeB: boolean,
) => tf.TensorInfo;

const FLOAT_BYTES = 4;

/** A compiled form of the product, and what it is called in a manifest. */
export interface SgemmVariant {
  readonly name: 'simd 4x8' | 'relaxed-simd 6x8';
  readonly functions: Sgemm;
}

/**
 * The fastest form that this Node runs. Relaxed SIMD joins multiplication and addition into one instruction with one
 * rounding where the processor has it: 1.5 times as fast, but other bits on processors without.
 */
export function loadSgemm(heap: Heap, relaxed: boolean): SgemmVariant {
  const functions = relaxed ? loadRelaxedModule<Sgemm>('sgemm-relaxed', heap.memory) : undefined;
  if (functions) return { name: 'relaxed-simd 6x8', functions };
  return { name: 'simd 4x8', functions: loadModule<Sgemm>('sgemm', heap.memory) };
}

/** The product that both kernels, BatchMatMul and _FusedMatMul, are made of. */
export function createMultiply(heap: Heap, { functions: { sgemm, scratchBytes } }: SgemmVariant): Multiply {
  const scratch = heap.scratch(scratchBytes());
  return (a, b, transposeA, transposeB) => {
    requireFloat32('matMul', a, b);
    const dimensions = dimensionsOf(a, b, transposeA, transposeB);
    const { rows, columns, k, batch, batchA, batchB } = dimensions;
    const out = heap.output([...batch, rows, columns], 'float32');
    const size = sizeOf(out.info.shape);
    if (size === 0) return out.info;
    if (k === 0) {
      heap.float32(out.address, size).fill(0);
      return out.info;
    }
    const addressA = heap.address(a);
    const addressB = heap.address(b);
    const [bytesA, bytesB, bytesC] = [rows * k, k * columns, rows * columns].map((n) => n * FLOAT_BYTES) as [
      number,
      number,
      number,
    ];
    const strideA = (transposeA ? rows : k) * FLOAT_BYTES;
    const strideB = (transposeB ? k : columns) * FLOAT_BYTES;
    const run = (n: number, m: number, fromA: number, stepA: number, fromB: number, stepB: number, at: number): void =>
      sgemm(
        n,
        transposeA,
        transposeB,
        m,
        columns,
        k,
        addressA + fromA,
        strideA,
        stepA,
        addressB + fromB,
        strideB,
        stepB,
        out.address + at,
        columns * FLOAT_BYTES,
        bytesC,
        scratch,
      );
    const [countA, countB, count] = [sizeOf(batchA), sizeOf(batchB), sizeOf(batch)];
    if (countB === 1 && !transposeA) {
      // One b for all: the matrices of a, one below the other, are a single taller one.
      run(1, countA * rows, 0, 0, 0, 0, 0);
    } else if (countA === count && countB === count) {
      run(count, rows, 0, bytesA, 0, bytesB, 0);
    } else if (countA === 1 || countB === 1) {
      run(count, rows, 0, countA === 1 ? 0 : bytesA, 0, countB === 1 ? 0 : bytesB, 0);
    } else {
      const indexA = broadcastIndex(batchA, batch);
      const indexB = broadcastIndex(batchB, batch);
      for (let i = 0; i < count; i++) run(1, rows, indexA(i) * bytesA, 0, indexB(i) * bytesB, 0, i * bytesC);
    }
    return out.info;
  };
}

/** tf.matMul: the product of the last two dimensions, the ones before them broadcast. */
export function batchMatMul(multiply: Multiply): tf.KernelFunc {
  return ({ inputs, attrs }) => {
    const { a, b } = inputs as Record<'a' | 'b', tf.TensorInfo>;
    return multiply(a, b, Boolean(attrs?.['transposeA']), Boolean(attrs?.['transposeB']));
  };
}

function dimensionsOf(a: tf.TensorInfo, b: tf.TensorInfo, transposeA: boolean, transposeB: boolean): Dimensions {
  const [rows, k] = lastTwo(a.shape, transposeA);
  const [innerB, columns] = lastTwo(b.shape, transposeB);
  if (k !== innerB) {
    throw new DapoError({
      code: 'DAPO_BACKEND_SHAPE',
      message: `matMul can't multiply [${a.shape}]${transposeA ? 'ᵀ' : ''} by [${b.shape}]${transposeB ? 'ᵀ' : ''}.`,
      expected: 'equal inner dimensions',
      received: `${k} and ${innerB}`,
    });
  }
  const batchA = a.shape.slice(0, -2);
  const batchB = b.shape.slice(0, -2);
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(batchA, batchB);
  return { rows, columns, k, batchA, batchB, batch };
}

function lastTwo(shape: readonly number[], transposed: boolean): readonly [number, number] {
  const [second = 0, last = 0] = shape.slice(-2);
  return transposed ? [last, second] : [second, last];
}

/** Which matrix of an operand with leading dimensions `from` belongs to matrix i of the broadcast result. */
function broadcastIndex(from: readonly number[], to: readonly number[]): (i: number) => number {
  const padded = [...Array<number>(to.length - from.length).fill(1), ...from];
  return (i) => {
    let index = 0;
    let stride = 1;
    for (let axis = to.length - 1; axis >= 0; axis--) {
      const length = to[axis]!;
      if (padded[axis] !== 1) {
        index += (i % length) * stride;
        stride *= length;
      }
      i = Math.floor(i / length);
    }
    return index;
  };
}
