// What the forms of attention share.

import { B_STEP, packPanel } from './panels';
import { TILE_COLUMNS, TILE_ROWS, tileAcross, tileDown } from './tile';

/** Queries whose scores the backward pass keeps at once; a multiple of the tiles' rows in every form. */
export const QUERIES: i32 = 48;

// @ts-ignore: decorator
@inline
export function padded(keys: i32): i32 {
  return (keys + TILE_COLUMNS - 1) & ~(TILE_COLUMNS - 1);
}

/** Where sequence i begins. */
// @ts-ignore: decorator
@inline
export function offsetOf(offsets: usize, i: i32): i32 {
  return load<i32>(offsets + (<usize>i << 2));
}

/** Tokens of sequence i. */
// @ts-ignore: decorator
@inline
export function lengthOf(offsets: usize, i: i32): i32 {
  return offsetOf(offsets, i + 1) - offsetOf(offsets, i);
}

/** Bytes of scratch memory of `attend` (`blocks` 1) and `attendBackward` (2). */
export function attentionScratch(tokens: i32, prefix: i32, headDim: i32, blocks: i32): usize {
  const keys = padded(tokens) + padded(prefix);
  const panels = blocks * keys * headDim;
  const scores = blocks * keys * (blocks == 1 ? TILE_ROWS : QUERIES);
  const edge = TILE_COLUMNS * (keys + QUERIES + TILE_ROWS);
  return (<usize>(panels + scores + edge) << 2) + 16;
}

/**
 * C[rows, columns] += (or =) A · B of any width; A down its rows, or `across` them (transposed). `edge` is scratch for
 * the last columns where they are no full tile: a panel and a tile.
 */
export function product(
  across: bool, rows: i32, columns: i32, depth: i32, a: usize, aStride: usize, b: usize, bStride: usize,
  c: usize, cStride: usize, accumulate: bool, edge: usize,
): void {
  let column = 0;
  for (; column + TILE_COLUMNS <= columns; column += TILE_COLUMNS) {
    const at = <usize>column << 2;
    if (across) tileAcross(rows, depth, a, aStride, b + at, bStride, c + at, cStride, accumulate);
    else tileDown(rows, depth, a, aStride, b + at, bStride, c + at, cStride, accumulate);
  }
  if (column == columns) return;
  const at = <usize>column << 2;
  const width = columns - column;
  const tile = edge + <usize>depth * B_STEP;
  packPanel(depth, width, b + at, bStride, edge);
  if (across) tileAcross(rows, depth, a, aStride, edge, B_STEP, tile, B_STEP, false);
  else tileDown(rows, depth, a, aStride, edge, B_STEP, tile, B_STEP, false);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < width; i++) {
      const from = tile + <usize>row * B_STEP + (<usize>i << 2);
      const to = c + <usize>row * cStride + at + (<usize>i << 2);
      store<f32>(to, accumulate ? load<f32>(to) + load<f32>(from) : load<f32>(from));
    }
  }
}

/** Products of `rows` queries (or their like) with all keys of some panels. */
// @ts-ignore: decorator
@inline
export function scoresOf(rows: i32, headDim: i32, keys: i32, q: usize, qStride: usize, panels: usize, s: usize, sStride: usize): void {
  const panelBytes = <usize>headDim * B_STEP;
  for (let key = 0; key < keys; key += TILE_COLUMNS) {
    tileDown(rows, headDim, q, qStride, panels, B_STEP, s, sStride, false);
    panels += panelBytes;
    s += B_STEP;
  }
}

/** Puts `value` behind the first `keys` scores, up to a whole number of tiles. */
// @ts-ignore: decorator
@inline
export function fillRest(s: usize, keys: i32, until: i32, value: f32): void {
  for (let key = keys; key < until; key++) store<f32>(s + (<usize>key << 2), value);
}
