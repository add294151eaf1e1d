import type { Heap } from './heap.js';
import type { ParallelFunction } from './pool.js';

/** A compiled form of the product, and what a manifest calls it. */
export interface SgemmVariant {
  readonly name: 'simd 4x8' | 'relaxed-simd 6x8' | 'relaxed-simd 6x16, 256 bits';
  readonly module: 'dense' | 'dense-relaxed' | 'dense-wide';
}

/** Matrices in the heap; addresses, strides and steps in bytes. */
export interface Products {
  /** How many; `aStep` and its like lie between the matrices of neighbours, 0 where all take the same. */
  readonly count: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly rows: number;
  readonly columns: number;
  readonly k: number;
  readonly a: number;
  readonly aStride: number;
  readonly aStep: number;
  readonly b: number;
  readonly bStride: number;
  readonly bStep: number;
  readonly c: number;
  readonly cStride: number;
  readonly cStep: number;
  /** Adds to what C holds. */
  readonly accumulate?: boolean;
}

/** How a job is split: into matrices, or the rows or columns of each. */
const [MATRICES, ROWS, COLUMNS] = [0, 1, 2] as const;
/** Flops of a nanosecond, roughly. */
const RATE = 40;
/** With so many matrices, each is computed as a whole. */
const MANY_MATRICES = 16;

/** The matrix product C = op(A) · op(B) in one of its compiled forms, shared among the threads. */
export class Sgemm {
  private readonly parallel: ParallelFunction;
  private readonly tileRows: number;
  private readonly tileColumns: number;

  constructor(
    private readonly heap: Heap,
    { module }: SgemmVariant,
  ) {
    const { pool } = heap;
    const size = (name: string): number => (pool.function(`${module}.${name}`).run as () => number)();
    this.parallel = pool.function(`${module}.multiply`);
    [this.tileRows, this.tileColumns] = [size('tileRows'), size('tileColumns')];
    pool.reserve(size('scratchBytes'));
  }

  multiply(p: Products): void {
    const rowTiles = Math.ceil(p.rows / this.tileRows);
    const columnTiles = Math.ceil(p.columns / this.tileColumns);
    const split = p.count >= MANY_MATRICES ? MATRICES : rowTiles >= columnTiles ? ROWS : COLUMNS;
    const units = [p.count, rowTiles, columnTiles][split]!;
    const nanoseconds = (2 * p.count * p.rows * p.columns * p.k) / RATE / units;
    this.heap.pool.run(this.parallel, units, nanoseconds, [
      split,
      p.count,
      Number(p.transposeA),
      Number(p.transposeB),
      p.rows,
      p.columns,
      p.k,
      p.a,
      p.aStride,
      p.aStep,
      p.b,
      p.bStride,
      p.bStep,
      p.c,
      p.cStride,
      p.cStep,
      Number(p.accumulate ?? false),
    ]);
  }
}
