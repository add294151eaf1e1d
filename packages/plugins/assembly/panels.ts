// Packing: blocks of A and B are copied into panels that the micro kernel reads from front to back, so that
// strided access, and for the last columns the padding, is paid once a block instead of once a tile.

import { TILE_COLUMNS, TILE_ROWS } from './tile';

/** Bytes of one k of a panel of B. */
export const B_STEP: usize = <usize>TILE_COLUMNS << 2;
/** Bytes of one k of a panel of A. */
export const A_STEP: usize = <usize>TILE_ROWS << 2;

/** Columns `width` of B[depth, …], zeros up to a whole tile, into one panel. */
export function packPanel(depth: i32, width: i32, b: usize, bStride: usize, panel: usize): void {
  if (width == TILE_COLUMNS) {
    for (let k = 0; k < depth; k++) {
      v128.store(panel, v128.load(b));
      v128.store(panel, v128.load(b, 16), 16);
      if (TILE_COLUMNS > 8) {
        v128.store(panel, v128.load(b, 32), 32);
        v128.store(panel, v128.load(b, 48), 48);
      }
      b += bStride;
      panel += B_STEP;
    }
    return;
  }
  for (let k = 0; k < depth; k++) {
    let column = 0;
    for (let at: usize = 0; at < B_STEP; at += 16) v128.store(panel + at, f32x4.splat(0));
    for (; column + 4 <= width; column += 4) {
      v128.store(panel + (<usize>column << 2), v128.load(b + (<usize>column << 2)));
    }
    for (; column < width; column++) {
      store<f32>(panel + (<usize>column << 2), load<f32>(b + (<usize>column << 2)));
    }
    b += bStride;
    panel += B_STEP;
  }
}

/** Steps of K that are packed for all panels before the next ones: whole rows are read as they lie, from the nearest cache. */
const STEPS: i32 = 16;

/** All of B[depth, width] into panels of a tile's columns. */
export function packColumns(depth: i32, width: i32, b: usize, bStride: usize, panels: usize): void {
  for (let k = 0; k < depth; k += STEPS) {
    const steps = min(STEPS, depth - k);
    const from = b + <usize>k * bStride;
    let panel = panels + <usize>k * B_STEP;
    for (let column = 0; column < width; column += TILE_COLUMNS) {
      packPanel(steps, min(TILE_COLUMNS, width - column), from + (<usize>column << 2), bStride, panel);
      panel += <usize>depth * B_STEP;
    }
  }
}

/** Four rows of four, `stride` bytes apart, written as four columns into a panel of B. */
// @ts-ignore: decorator
@inline
function transposeFour(rows: usize, stride: usize, panel: usize): void {
  const row2 = rows + stride + stride;
  const r0 = v128.load(rows), r1 = v128.load(rows + stride);
  const r2 = v128.load(row2), r3 = v128.load(row2 + stride);
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5), high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(panel, v128.shuffle<f64>(low01, low23, 0, 2));
  const panel2 = panel + 2 * B_STEP;
  v128.store(panel + B_STEP, v128.shuffle<f64>(low01, low23, 1, 3));
  v128.store(panel2, v128.shuffle<f64>(high01, high23, 0, 2));
  v128.store(panel2 + B_STEP, v128.shuffle<f64>(high01, high23, 1, 3));
}

/** B stored transposed, [width, depth], into panels of a tile's columns. */
export function packRows(depth: i32, width: i32, b: usize, bStride: usize, panels: usize): void {
  for (let column = 0; column < width; column += TILE_COLUMNS) {
    const columns = min(TILE_COLUMNS, width - column);
    const rows = b + <usize>column * bStride;
    // Whole groups of four columns by shuffles, whatever is left over one by one over a ground of zeros: what stands
    // in the lanes beyond the last column is never stored, but denormals there would slow the tile down.
    const grouped = columns & ~3;
    const fours = depth & ~3;
    if (grouped < TILE_COLUMNS) memory.fill(panels, 0, <usize>depth * B_STEP);
    for (let group = 0; group < grouped; group += 4) {
      let from = rows + <usize>group * bStride;
      let to = panels + (<usize>group << 2);
      for (let k = 0; k < fours; k += 4) {
        transposeFour(from, bStride, to);
        from += 16;
        to += 4 * B_STEP;
      }
    }
    for (let j = 0; j < columns; j++) {
      const from = rows + <usize>j * bStride;
      const to = panels + (<usize>j << 2);
      for (let k = j < grouped ? fours : 0; k < depth; k++) {
        store<f32>(to + <usize>k * B_STEP, load<f32>(from + (<usize>k << 2)));
      }
    }
    panels += <usize>depth * B_STEP;
  }
}

/** The full tiles of A stored transposed, [depth, rows], into panels of TILE_ROWS rows. */
export function packTransposedRows(depth: i32, rows: i32, a: usize, aStride: usize, panels: usize): void {
  for (let first = 0; first < depth; first += STEPS) {
    const steps = min(STEPS, depth - first);
    let panel = panels + <usize>first * A_STEP;
    for (let row = 0; row + TILE_ROWS <= rows; row += TILE_ROWS) {
      let from = a + <usize>first * aStride + (<usize>row << 2);
      let to = panel;
      for (let k = 0; k < steps; k++) {
        v128.store(to, v128.load(from));
        if (TILE_ROWS > 4) v128.store64_lane(to, v128.load64_zero(from, 16), 0, 16);
        from += aStride;
        to += A_STEP;
      }
      panel += <usize>depth * A_STEP;
    }
  }
}
