import type { tf } from '@dapo/core';
import { sizeOf } from '../kernels/tensors.js';
import type { Heap } from './heap.js';
import { loadModule } from './modules.js';

/** assembly/layout.ts */
interface LayoutFunctions {
  readonly copyRuns: (
    count: number,
    bytes: number,
    from: number,
    fromStride: number,
    to: number,
    toStride: number,
  ) => void;
  readonly gatherRuns: (
    batch: number,
    count: number,
    length: number,
    bytes: number,
    x: number,
    ids: number,
    out: number,
  ) => number;
  readonly permute: (...countsStridesBytesFromTo: number[]) => void;
  readonly transposeMatrices: (batch: number, rows: number, columns: number, from: number, to: number) => void;
  readonly select: (length: number, condition: number, yes: number, no: number, out: number) => void;
}

/** One loop over a source: how often, and how many elements further each time. */
export interface Loop {
  readonly count: number;
  readonly stride: number;
}

/** How many nested loops the compiled `permute` has. */
const MAX_LOOPS = 5;
const ELEMENT_BYTES: Readonly<Partial<Record<tf.DataType, number>>> = { float32: 4, int32: 4, bool: 1 };

/** Moves values within the heap; what transpose, slice, split, concat, gather and where are made of. */
export class Layout {
  readonly copyRuns: LayoutFunctions['copyRuns'];
  readonly gatherRuns: LayoutFunctions['gatherRuns'];
  readonly select: LayoutFunctions['select'];
  private readonly permute: LayoutFunctions['permute'];
  private readonly transposeMatrices: LayoutFunctions['transposeMatrices'];

  constructor(readonly heap: Heap) {
    const functions = loadModule<LayoutFunctions>('layout', heap.memory);
    this.copyRuns = functions.copyRuns;
    this.gatherRuns = functions.gatherRuns;
    this.select = functions.select;
    this.permute = functions.permute;
    this.transposeMatrices = functions.transposeMatrices;
  }

  /**
   * Writes what the loops, outermost first, run through from `from` on, densely to `to`.
   *
   * @returns false, and nothing done, for more loops than the compiled kernel has
   */
  copyStrided(loops: readonly Loop[], elementBytes: number, from: number, to: number): boolean {
    const merged = mergeLoops(loops);
    const matrices = elementBytes === 4 && asMatrices(merged);
    if (matrices) {
      this.transposeMatrices(matrices.batch, matrices.rows, matrices.columns, from, to);
      return true;
    }
    const last = merged.at(-1);
    const dense = last?.stride === 1 ? last.count : 1;
    const around = dense > 1 ? merged.slice(0, -1) : merged;
    if (around.length > MAX_LOOPS) return false;
    const nested = [...Array<Loop>(MAX_LOOPS - around.length).fill({ count: 1, stride: 0 }), ...around];
    this.permute(
      ...nested.map(({ count }) => count),
      ...nested.map(({ stride }) => stride * elementBytes),
      dense * elementBytes,
      from,
      to,
    );
    return true;
  }
}

/** Bytes of an element, or undefined for what doesn't lie in the heap (strings). */
export function elementBytes(dtype: tf.DataType): number | undefined {
  return ELEMENT_BYTES[dtype];
}

/** Elements between neighbours along each axis. */
export function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/** Drops loops of one round, and joins two of which the outer goes on where the inner ends. */
function mergeLoops(loops: readonly Loop[]): Loop[] {
  const merged: Loop[] = [];
  for (const loop of loops) {
    if (loop.count === 1) continue;
    const outer = merged.at(-1);
    if (outer?.stride === loop.count * loop.stride) {
      merged[merged.length - 1] = { count: outer.count * loop.count, stride: loop.stride };
    } else {
      merged.push(loop);
    }
  }
  return merged;
}

/** A batch of dense matrices read column by column, if that is what the loops do. */
function asMatrices(loops: readonly Loop[]): { batch: number; rows: number; columns: number } | undefined {
  const [rows, columns, batch] = [...loops].reverse();
  if (!rows || columns?.stride !== 1 || rows.stride !== columns.count || loops.length > 3) return undefined;
  if (batch && batch.stride !== rows.count * columns.count) return undefined;
  return { batch: batch?.count ?? 1, rows: rows.count, columns: columns.count };
}
