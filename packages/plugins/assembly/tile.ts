// The micro kernel of the matrix product: a tile of C, up to TILE_ROWS x 8, is kept in registers while one
// chunk of the depth K runs through it. WebAssembly engines have 16 vector registers: a 4x8 tile takes 8 for
// the sums, 2 for B, 1 for A and 1 for the product. With relaxed SIMD, multiply and add are one instruction,
// the product needs no register and 6x8 fits: the fastest of all tiles tried (docs/experiments).
//
// Every row of C adds its products in the order of k, alone, with one multiply-add a step. So a row has the
// same bits in a full tile and in an edge tile, and whatever the number of rows beside it.

import { multiplyAdd } from './multiply-add';
import { wideTile } from './wide-tile';

/** Compiled with `--use WIDE_TILE=…`: for engines that make two vectors of 128 bits one of 256. */
const WIDE: bool = isDefined(WIDE_TILE);

/** Rows of a full tile. */
export const TILE_ROWS: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 4;
/** Columns of a tile: two vectors of four, or four. */
export const TILE_COLUMNS: i32 = isDefined(WIDE_TILE) ? 16 : 8;

// @ts-ignore: decorator
@inline
function storeRow(c: usize, left: v128, right: v128, accumulate: bool): void {
  if (accumulate) {
    // Both loads before both stores: V8 can then join the halves to one 256-bit access.
    const sumLeft = f32x4.add(v128.load(c), left);
    const sumRight = f32x4.add(v128.load(c, 16), right);
    v128.store(c, sumLeft);
    v128.store(c, sumRight, 16);
  } else {
    v128.store(c, left);
    v128.store(c, right, 16);
  }
}

/**
 * C[rows, 8] = A[rows, depth] B[depth, 8], or += when `accumulate`. `rows` and `across` are constants at each
 * call, so that the compiler drops what they exclude. A is read either down its rows (`across` false: a row is
 * `aStride` bytes after the one before) or across them (`across` true: the rows' values of one k lie side by
 * side, and the next k is `aStride` bytes further: a transposed or packed A).
 */
// @ts-ignore: decorator
@inline
function tile(
  rows: i32, across: bool, depth: i32, a: usize, aStride: usize, b: usize, bStride: usize,
  c: usize, cStride: usize, accumulate: bool,
): void {
  let left0 = f32x4.splat(0), right0 = f32x4.splat(0);
  let left1 = f32x4.splat(0), right1 = f32x4.splat(0);
  let left2 = f32x4.splat(0), right2 = f32x4.splat(0);
  let left3 = f32x4.splat(0), right3 = f32x4.splat(0);
  let left4 = f32x4.splat(0), right4 = f32x4.splat(0);
  let left5 = f32x4.splat(0), right5 = f32x4.splat(0);
  let a0 = a;
  let a1 = a0 + aStride;
  let a2 = a1 + aStride;
  let a3 = a2 + aStride;
  let a4 = a3 + aStride;
  let a5 = a4 + aStride;
  for (let k = depth; k > 0; k--) {
    const left = v128.load(b);
    const right = v128.load(b, 16);
    const x0 = v128.load32_splat(a0);
    left0 = multiplyAdd(x0, left, left0);
    right0 = multiplyAdd(x0, right, right0);
    if (rows > 1) {
      const x1 = across ? v128.load32_splat(a0, 4) : v128.load32_splat(a1);
      left1 = multiplyAdd(x1, left, left1);
      right1 = multiplyAdd(x1, right, right1);
    }
    if (rows > 2) {
      const x2 = across ? v128.load32_splat(a0, 8) : v128.load32_splat(a2);
      left2 = multiplyAdd(x2, left, left2);
      right2 = multiplyAdd(x2, right, right2);
    }
    if (rows > 3) {
      const x3 = across ? v128.load32_splat(a0, 12) : v128.load32_splat(a3);
      left3 = multiplyAdd(x3, left, left3);
      right3 = multiplyAdd(x3, right, right3);
    }
    if (rows > 4) {
      const x4 = across ? v128.load32_splat(a0, 16) : v128.load32_splat(a4);
      left4 = multiplyAdd(x4, left, left4);
      right4 = multiplyAdd(x4, right, right4);
    }
    if (rows > 5) {
      const x5 = across ? v128.load32_splat(a0, 20) : v128.load32_splat(a5);
      left5 = multiplyAdd(x5, left, left5);
      right5 = multiplyAdd(x5, right, right5);
    }
    if (across) {
      a0 += aStride;
    } else {
      a0 += 4;
      if (rows > 1) a1 += 4;
      if (rows > 2) a2 += 4;
      if (rows > 3) a3 += 4;
      if (rows > 4) a4 += 4;
      if (rows > 5) a5 += 4;
    }
    b += bStride;
  }
  storeRow(c, left0, right0, accumulate);
  if (rows > 1) storeRow((c += cStride), left1, right1, accumulate);
  if (rows > 2) storeRow((c += cStride), left2, right2, accumulate);
  if (rows > 3) storeRow((c += cStride), left3, right3, accumulate);
  if (rows > 4) storeRow((c += cStride), left4, right4, accumulate);
  if (rows > 5) storeRow((c += cStride), left5, right5, accumulate);
}

// @ts-ignore: decorator
@inline
function anyTile(
  rows: i32, across: bool, depth: i32, a: usize, aStride: usize, b: usize, bStride: usize,
  c: usize, cStride: usize, accumulate: bool,
): void {
  if (WIDE) wideTile(rows, across, depth, a, aStride, b, bStride, c, cStride, accumulate);
  else tile(rows, across, depth, a, aStride, b, bStride, c, cStride, accumulate);
}

/** A full tile, A read down its rows. */
export function fullTileDown(
  depth: i32, a: usize, aStride: usize, b: usize, bStride: usize, c: usize, cStride: usize, accumulate: bool,
): void {
  anyTile(TILE_ROWS, false, depth, a, aStride, b, bStride, c, cStride, accumulate);
}

/** A full tile, A read across its rows. */
export function fullTileAcross(
  depth: i32, a: usize, aStride: usize, b: usize, bStride: usize, c: usize, cStride: usize, accumulate: bool,
): void {
  anyTile(TILE_ROWS, true, depth, a, aStride, b, bStride, c, cStride, accumulate);
}

/** A tile of 1 to TILE_ROWS rows, A read down its rows. */
export function tileDown(
  rows: i32, depth: i32, a: usize, aStride: usize, b: usize, bStride: usize, c: usize, cStride: usize,
  accumulate: bool,
): void {
  switch (rows) {
    case 1: anyTile(1, false, depth, a, aStride, b, bStride, c, cStride, accumulate); break;
    case 2: anyTile(2, false, depth, a, aStride, b, bStride, c, cStride, accumulate); break;
    case 3: anyTile(3, false, depth, a, aStride, b, bStride, c, cStride, accumulate); break;
    case 4: anyTile(4, false, depth, a, aStride, b, bStride, c, cStride, accumulate); break;
    case 5: if (TILE_ROWS > 4) anyTile(5, false, depth, a, aStride, b, bStride, c, cStride, accumulate); break;
    case 6: if (TILE_ROWS > 4) anyTile(6, false, depth, a, aStride, b, bStride, c, cStride, accumulate); break;
  }
}

/** A tile of 1 to TILE_ROWS rows, A read across its rows. */
export function tileAcross(
  rows: i32, depth: i32, a: usize, aStride: usize, b: usize, bStride: usize, c: usize, cStride: usize,
  accumulate: bool,
): void {
  switch (rows) {
    case 1: anyTile(1, true, depth, a, aStride, b, bStride, c, cStride, accumulate); break;
    case 2: anyTile(2, true, depth, a, aStride, b, bStride, c, cStride, accumulate); break;
    case 3: anyTile(3, true, depth, a, aStride, b, bStride, c, cStride, accumulate); break;
    case 4: anyTile(4, true, depth, a, aStride, b, bStride, c, cStride, accumulate); break;
    case 5: if (TILE_ROWS > 4) anyTile(5, true, depth, a, aStride, b, bStride, c, cStride, accumulate); break;
    case 6: if (TILE_ROWS > 4) anyTile(6, true, depth, a, aStride, b, bStride, c, cStride, accumulate); break;
  }
}
