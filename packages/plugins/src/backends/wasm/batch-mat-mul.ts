import { tf } from '@dapo/core';
import { requireFloat32, sizeOf } from '../kernels/tensors.js';
import { innerDimensionsDiffer } from '../../backend-errors.js';
import type { Heap } from './heap.js';
import type { Sgemm } from './sgemm.js';

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

/** `count` products of matrices that lie at equal distances; a distance of 0 is the same matrix each time. */
interface Run {
  readonly count: number;
  readonly rows: number;
  /** Which matrix of each operand comes first, and how many further the next one is. */
  readonly firstA: number;
  readonly stepA: number;
  readonly firstB: number;
  readonly stepB: number;
  readonly firstC: number;
}

export type Multiply = (a: tf.TensorInfo, b: tf.TensorInfo, transposeA: boolean, transposeB: boolean) => tf.TensorInfo;

const FLOAT_BYTES = 4;

/** The product that both kernels, BatchMatMul and _FusedMatMul, are made of. */
export function createMultiply(heap: Heap, sgemm: Sgemm): Multiply {
  return (a, b, transposeA, transposeB) => {
    requireFloat32('matMul', a, b);
    const dimensions = dimensionsOf(a, b, transposeA, transposeB);
    const { rows, columns, k, batch } = dimensions;
    const out = heap.output([...batch, rows, columns], 'float32');
    const size = sizeOf(out.info.shape);
    if (k === 0) heap.float32(out.address, size).fill(0);
    if (k === 0 || size === 0) return out.info;
    const bytesA = rows * k * FLOAT_BYTES;
    const bytesB = k * columns * FLOAT_BYTES;
    const bytesC = rows * columns * FLOAT_BYTES;
    for (const run of planRuns(dimensions, transposeA)) {
      sgemm.multiply({
        count: run.count,
        transposeA,
        transposeB,
        rows: run.rows,
        columns,
        k,
        a: heap.address(a) + run.firstA * bytesA,
        aStride: (transposeA ? rows : k) * FLOAT_BYTES,
        aStep: run.stepA * bytesA,
        b: heap.address(b) + run.firstB * bytesB,
        bStride: (transposeB ? k : columns) * FLOAT_BYTES,
        bStep: run.stepB * bytesB,
        c: out.address + run.firstC * bytesC,
        cStride: columns * FLOAT_BYTES,
        cStep: bytesC,
      });
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

function planRuns({ rows, batch, batchA, batchB }: Dimensions, transposeA: boolean): readonly Run[] {
  const first = { firstA: 0, firstB: 0, firstC: 0 };
  const [countA, countB, count] = [sizeOf(batchA), sizeOf(batchB), sizeOf(batch)];
  // One b for all: the matrices of a, one below the other, are a single taller one.
  if (countB === 1 && !transposeA) return [{ ...first, count: 1, rows: countA * rows, stepA: 0, stepB: 0 }];
  const even = (n: number): boolean => n === count || n === 1;
  if (even(countA) && even(countB)) {
    return [{ ...first, count, rows, stepA: countA === 1 ? 0 : 1, stepB: countB === 1 ? 0 : 1 }];
  }
  const indexA = broadcastIndex(batchA, batch);
  const indexB = broadcastIndex(batchB, batch);
  return Array.from({ length: count }, (_, i) => {
    return { count: 1, rows, firstA: indexA(i), stepA: 0, firstB: indexB(i), stepB: 0, firstC: i };
  });
}

function dimensionsOf(a: tf.TensorInfo, b: tf.TensorInfo, transposeA: boolean, transposeB: boolean): Dimensions {
  const [rows, k] = lastTwo(a.shape, transposeA);
  const [innerB, columns] = lastTwo(b.shape, transposeB);
  if (k !== innerB) {
    const name = (shape: readonly number[], transposed: boolean): string =>
      `[${shape.join(', ')}]${transposed ? 'ᵀ' : ''}`;
    throw innerDimensionsDiffer(name(a.shape, transposeA), name(b.shape, transposeB), k, innerB);
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
