// Matrix product of float32 matrices: C = op(A) op(B), op being nothing or the transpose, for a whole batch.
// Blocked as in Goto's scheme: a block of B is packed into panels once and stays in the second-level cache, one
// panel of it in the first, while tiles of A run past it.
//
// The sums over K are cut into chunks by K alone, never by the number of rows, columns or matrices, so every
// row of C has the same bits whatever stands beside it.

import { A_STEP, B_STEP, packColumns, packPanel, packRows, packTransposedRows } from './panels';
import { fullTileAcross, fullTileDown, TILE_COLUMNS, TILE_ROWS, tileAcross, tileDown } from './tile';

/** Block sizes; SCRATCH_BYTES holds what they need at most. */
const DEPTH_BLOCK: i32 = 256;
const COLUMN_BLOCK: i32 = 512;
const ROW_BLOCK: i32 = 96;
/** With so few rows, packing B costs more than reading it once with stride. */
const FEW_ROWS: i32 = 12;
/** A matrix this small stays in the first-level cache as it lies: packing would gain nothing. */
const SMALL_BYTES: usize = 16384;

const EDGE_BYTES: usize = <usize>(TILE_ROWS * TILE_COLUMNS) << 2;

/** Bytes of scratch memory that `multiply` asks of its caller. */
export function scratchBytes(): usize {
  const panelsB = <usize>(COLUMN_BLOCK + TILE_COLUMNS) * <usize>DEPTH_BLOCK;
  const panelsA = <usize>ROW_BLOCK * <usize>DEPTH_BLOCK;
  return EDGE_BYTES + ((panelsB + panelsA) << 2);
}

/** The next chunk of what is left of K: two halves rather than a full chunk and a stump. */
// @ts-ignore: decorator
@inline
function nextChunk(left: i32): i32 {
  if (left <= DEPTH_BLOCK) return left;
  return left < 2 * DEPTH_BLOCK ? (left + 1) >> 1 : DEPTH_BLOCK;
}

/** Copies (or adds) the `width` columns that exist from an edge tile into C. */
function storeEdge(rows: i32, width: i32, tile: usize, c: usize, cStride: usize, accumulate: bool): void {
  for (let row = 0; row < rows; row++) {
    let column = 0;
    for (; column + 4 <= width; column += 4) {
      const at = <usize>column << 2;
      const sum = accumulate ? f32x4.add(v128.load(c + at), v128.load(tile + at)) : v128.load(tile + at);
      v128.store(c + at, sum);
    }
    for (; column < width; column++) {
      const at = <usize>column << 2;
      store<f32>(c + at, accumulate ? load<f32>(c + at) + load<f32>(tile + at) : load<f32>(tile + at));
    }
    tile += B_STEP;
    c += cStride;
  }
}

/** All rows of one block of A against one panel of B, a tile's columns of C or (a smaller `width`) the last ones. */
function multiplyPanel(
  transposeA: bool, rows: i32, width: i32, depth: i32, a: usize, aStride: usize, panelsA: usize,
  b: usize, bStride: usize, c: usize, cStride: usize, edge: usize, accumulate: bool,
): void {
  const whole = width == TILE_COLUMNS;
  const fullRows = rows - (rows % TILE_ROWS);
  for (let row = 0; row < rows; row += TILE_ROWS) {
    const tileRows = min(TILE_ROWS, rows - row);
    const to = whole ? c : edge;
    const toStride = whole ? cStride : B_STEP;
    const add = whole && accumulate;
    if (!transposeA) {
      const from = a + <usize>row * aStride;
      if (row < fullRows) fullTileDown(depth, from, aStride, b, bStride, to, toStride, add);
      else tileDown(tileRows, depth, from, aStride, b, bStride, to, toStride, add);
    } else if (row < fullRows && panelsA != 0) {
      const from = panelsA + <usize>row * <usize>depth * 4;
      fullTileAcross(depth, from, A_STEP, b, bStride, to, toStride, add);
    } else {
      const from = a + (<usize>row << 2);
      if (row < fullRows) fullTileAcross(depth, from, aStride, b, bStride, to, toStride, add);
      else tileAcross(tileRows, depth, from, aStride, b, bStride, to, toStride, add);
    }
    if (!whole) storeEdge(tileRows, width, edge, c, cStride, accumulate);
    c += <usize>TILE_ROWS * cStride;
  }
}

/** One matrix product; added to what C holds if `accumulate`. */
function multiplyOne(
  transposeA: bool, transposeB: bool, rows: i32, columns: i32, k: i32, a: usize, aStride: usize,
  b: usize, bStride: usize, c: usize, cStride: usize, accumulate: bool, scratch: usize,
): void {
  const panelsB = scratch + EDGE_BYTES;
  for (let column = 0; column < columns; column += COLUMN_BLOCK) {
    const width = min(COLUMN_BLOCK, columns - column);
    const panelCount = (width + TILE_COLUMNS - 1) / TILE_COLUMNS;
    let done = 0;
    while (done < k) {
      const depth = nextChunk(k - done);
      const blockB = transposeB
        ? b + (<usize>done << 2) + <usize>column * bStride
        : b + <usize>done * bStride + (<usize>column << 2);
      const asItLies = !transposeB && (rows <= FEW_ROWS || <usize>depth * bStride <= SMALL_BYTES);
      if (transposeB) packRows(depth, width, blockB, bStride, panelsB);
      else if (!asItLies) packColumns(depth, width, blockB, bStride, panelsB);
      const panelsA = panelsB + <usize>(panelCount * depth) * B_STEP;
      for (let row = 0; row < rows; row += ROW_BLOCK) {
        const height = min(ROW_BLOCK, rows - row);
        const blockA = transposeA
          ? a + <usize>done * aStride + (<usize>row << 2)
          : a + <usize>row * aStride + (<usize>done << 2);
        const packA = transposeA && panelCount > 2 && <usize>depth * aStride > SMALL_BYTES;
        if (packA) packTransposedRows(depth, height, blockA, aStride, panelsA);
        for (let panel = 0; panel < panelCount; panel++) {
          const first = panel * TILE_COLUMNS;
          const panelWidth = min(TILE_COLUMNS, width - first);
          const inPlace = asItLies && panelWidth == TILE_COLUMNS;
          let panelB = panelsB + <usize>(panel * depth) * B_STEP;
          if (inPlace) panelB = blockB + (<usize>first << 2);
          else if (asItLies) packPanel(depth, panelWidth, blockB + (<usize>first << 2), bStride, panelB);
          multiplyPanel(
            transposeA, height, panelWidth, depth, blockA, aStride, packA ? panelsA : 0, panelB,
            inPlace ? bStride : B_STEP, c + <usize>row * cStride + (<usize>(column + first) << 2), cStride,
            scratch, accumulate || done > 0,
          );
        }
      }
      done += depth;
    }
  }
}

/**
 * `batch` products, or the share of them from `begin` to `end`, counted in matrices (`split` 0), in rows of each of
 * them (1) or in columns (2), those in tiles, or, of a single product, in chunks of K (3), each of which goes to a place
 * of its own `cBatch` after the one before. Addresses and strides are in bytes: `aStride` from one stored row of A to
 * the next, `aBatch` from one matrix to the next (0: the same matrix each time). The scratch memory belongs to the
 * caller and has `scratchBytes()` bytes. K must not be 0.
 */
export function multiply(
  begin: i32, end: i32, scratch: usize, split: i32,
  batch: i32, transposeA: bool, transposeB: bool, rows: i32, columns: i32, k: i32,
  a: usize, aStride: usize, aBatch: usize, b: usize, bStride: usize, bBatch: usize,
  c: usize, cStride: usize, cBatch: usize, accumulate: bool,
): void {
  if (split == 0) {
    a += <usize>begin * aBatch;
    b += <usize>begin * bBatch;
    c += <usize>begin * cBatch;
    batch = end - begin;
  } else if (split == 1) {
    const first = begin * TILE_ROWS;
    a += transposeA ? <usize>first << 2 : <usize>first * aStride;
    c += <usize>first * cStride;
    rows = min(end * TILE_ROWS, rows) - first;
  } else if (split == 3) {
    let done = 0;
    for (let chunk = 0; chunk < end; chunk++) {
      const depth = nextChunk(k - done);
      if (chunk >= begin) {
        const fromA = a + (transposeA ? <usize>done * aStride : <usize>done << 2);
        const fromB = b + (transposeB ? <usize>done << 2 : <usize>done * bStride);
        const to = c + <usize>chunk * cBatch;
        multiplyOne(transposeA, transposeB, rows, columns, depth, fromA, aStride, fromB, bStride, to, cStride, false, scratch);
      }
      done += depth;
    }
    return;
  } else {
    const first = begin * TILE_COLUMNS;
    b += transposeB ? <usize>first * bStride : <usize>first << 2;
    c += <usize>first << 2;
    columns = min(end * TILE_COLUMNS, columns) - first;
  }
  for (let i = 0; i < batch; i++) {
    multiplyOne(transposeA, transposeB, rows, columns, k, a, aStride, b, bStride, c, cStride, accumulate, scratch);
    a += aBatch;
    b += bBatch;
    c += cBatch;
  }
}

/** Chunks that the sums over K are cut into. */
export function chunksOf(k: i32): i32 {
  let chunks = 0;
  for (let done = 0; done < k; done += nextChunk(k - done)) chunks++;
  return chunks;
}

/** Rows of a tile. */
export function tileRows(): i32 {
  return TILE_ROWS;
}

/** Columns of a tile. */
export function tileColumns(): i32 {
  return TILE_COLUMNS;
}
