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

/** How a job is split: into matrices, into the rows or columns of each, or into chunks of K. */
const [MATRICES, ROWS, COLUMNS, CHUNKS] = [0, 1, 2, 3] as const;
/** Flops of a nanosecond, roughly. */
const RATE = 40;
/** With so many matrices, each is computed as a whole. */
const MANY_MATRICES = 16;
/** Chunks of K are shared among threads from this K on, for results of at most so many values. */
const LONG_DEPTH = 1024;
const MOST_PARTIAL = 2 ** 17;

/** The matrix product C = op(A) · op(B) in one of its compiled forms, shared among the threads. */
export class Sgemm {
  private readonly parallel: ParallelFunction;
  private readonly tileRows: number;
  private readonly tileColumns: number;
  private readonly chunksOf: (k: number) => number;
  private readonly addParts: ParallelFunction;
  /** Values of a unit of `addParts`. */
  private readonly block: number;

  constructor(
    private readonly heap: Heap,
    { module }: SgemmVariant,
  ) {
    const { pool } = heap;
    const size = (name: string): number => (pool.function(`${module}.${name}`).run as () => number)();
    this.parallel = pool.function(`${module}.multiply`);
    [this.tileRows, this.tileColumns] = [size('tileRows'), size('tileColumns')];
    this.chunksOf = pool.function(`${module}.chunksOf`).run as (k: number) => number;
    this.addParts = pool.function('fused.addParts');
    this.block = (pool.function('fused.blockLength').run as () => number)();
    pool.reserve(size('scratchBytes'));
  }

  multiply(p: Products): void {
    if (this.isLong(p)) this.multiplyChunks(p);
    else this.run(p, ...this.splitOf(p));
  }

  /** How products are shared among threads, and into how many units. */
  private splitOf({ count, rows, columns }: Products): readonly [split: number, units: number] {
    if (count >= MANY_MATRICES) return [MATRICES, count];
    const [rowTiles, columnTiles] = [Math.ceil(rows / this.tileRows), Math.ceil(columns / this.tileColumns)];
    return rowTiles >= columnTiles ? [ROWS, rowTiles] : [COLUMNS, columnTiles];
  }

  /** A gradient of weights: many tokens make a small matrix. Whoever computed some of its rows would pack all tokens. */
  private isLong({ count, transposeA, rows, columns, k }: Products): boolean {
    return count === 1 && transposeA && rows * columns <= MOST_PARTIAL && k >= LONG_DEPTH;
  }

  /** A product for each chunk of K, then their sum in the order of K: the same bits as one after another. */
  private multiplyChunks(p: Products): void {
    const { heap } = this;
    const length = p.rows * p.columns;
    const chunks = this.chunksOf(p.k);
    const parts = heap.output([chunks, length], 'float32');
    this.run({ ...p, c: parts.address, cStride: 4 * p.columns, cStep: 4 * length, accumulate: false }, CHUNKS, chunks);
    const values = [length, chunks, parts.address, p.c, Number(p.accumulate ?? false)];
    heap.pool.run(this.addParts, Math.ceil(length / this.block), 0.2 * chunks * this.block, values);
    heap.backend.disposeData(parts.info.dataId);
  }

  private run(p: Products, split: number, units: number): void {
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
