// The micro kernel for engines that join neighbouring vectors to one of 256 bits: a tile of 6 x 16. Written out for
// 128 bits it has more sums than there are registers; joined, it has 12. For the engine to find the pairs, all of a
// row is loaded before any of it is stored.

import { multiplyAdd } from './multiply-add';

// @ts-ignore: decorator
@inline
function storeWide(c: usize, v0: v128, v1: v128, v2: v128, v3: v128): void {
  v128.store(c, v0, 16, 4);
  v128.store(c, v1, 32, 4);
  v128.store(c, v2, 48, 4);
  v128.store(c, v3, 64, 4);
}

// @ts-ignore: decorator
@inline
function addWide(c: usize, v0: v128, v1: v128, v2: v128, v3: v128): void {
  const t0 = f32x4.add(v128.load(c, 16, 4), v0), t1 = f32x4.add(v128.load(c, 32, 4), v1);
  const t2 = f32x4.add(v128.load(c, 48, 4), v2), t3 = f32x4.add(v128.load(c, 64, 4), v3);
  storeWide(c, t0, t1, t2, t3);
}

/** As `tile` in tile.ts, 16 columns wide. `rows` and `across` are constants at each call. */
// @ts-ignore: decorator
@inline
export function wideTile(
  rows: i32, across: bool, depth: i32, a: usize, aStride: usize, b: usize, bStride: usize,
  c: usize, cStride: usize, accumulate: bool,
): void {
  let s00 = f32x4.splat(0), s01 = f32x4.splat(0), s02 = f32x4.splat(0), s03 = f32x4.splat(0);
  let s10 = f32x4.splat(0), s11 = f32x4.splat(0), s12 = f32x4.splat(0), s13 = f32x4.splat(0);
  let s20 = f32x4.splat(0), s21 = f32x4.splat(0), s22 = f32x4.splat(0), s23 = f32x4.splat(0);
  let s30 = f32x4.splat(0), s31 = f32x4.splat(0), s32 = f32x4.splat(0), s33 = f32x4.splat(0);
  let s40 = f32x4.splat(0), s41 = f32x4.splat(0), s42 = f32x4.splat(0), s43 = f32x4.splat(0);
  let s50 = f32x4.splat(0), s51 = f32x4.splat(0), s52 = f32x4.splat(0), s53 = f32x4.splat(0);
  let p0 = a;
  let p1 = p0 + aStride;
  let p2 = p1 + aStride;
  let p3 = p2 + aStride;
  let p4 = p3 + aStride;
  let p5 = p4 + aStride;
  // Offsets above 0 throughout: the pairs are found by them.
  b -= 16;
  c -= 16;
  for (let k = depth; k > 0; k--) {
    const b0 = v128.load(b, 16, 4), b1 = v128.load(b, 32, 4), b2 = v128.load(b, 48, 4), b3 = v128.load(b, 64, 4);
    const x0 = v128.load32_splat(p0);
    s00 = multiplyAdd(x0, b0, s00);
    s01 = multiplyAdd(x0, b1, s01);
    s02 = multiplyAdd(x0, b2, s02);
    s03 = multiplyAdd(x0, b3, s03);
    if (rows > 1) {
      const x1 = across ? v128.load32_splat(p0, 4) : v128.load32_splat(p1);
      s10 = multiplyAdd(x1, b0, s10);
      s11 = multiplyAdd(x1, b1, s11);
      s12 = multiplyAdd(x1, b2, s12);
      s13 = multiplyAdd(x1, b3, s13);
    }
    if (rows > 2) {
      const x2 = across ? v128.load32_splat(p0, 8) : v128.load32_splat(p2);
      s20 = multiplyAdd(x2, b0, s20);
      s21 = multiplyAdd(x2, b1, s21);
      s22 = multiplyAdd(x2, b2, s22);
      s23 = multiplyAdd(x2, b3, s23);
    }
    if (rows > 3) {
      const x3 = across ? v128.load32_splat(p0, 12) : v128.load32_splat(p3);
      s30 = multiplyAdd(x3, b0, s30);
      s31 = multiplyAdd(x3, b1, s31);
      s32 = multiplyAdd(x3, b2, s32);
      s33 = multiplyAdd(x3, b3, s33);
    }
    if (rows > 4) {
      const x4 = across ? v128.load32_splat(p0, 16) : v128.load32_splat(p4);
      s40 = multiplyAdd(x4, b0, s40);
      s41 = multiplyAdd(x4, b1, s41);
      s42 = multiplyAdd(x4, b2, s42);
      s43 = multiplyAdd(x4, b3, s43);
    }
    if (rows > 5) {
      const x5 = across ? v128.load32_splat(p0, 20) : v128.load32_splat(p5);
      s50 = multiplyAdd(x5, b0, s50);
      s51 = multiplyAdd(x5, b1, s51);
      s52 = multiplyAdd(x5, b2, s52);
      s53 = multiplyAdd(x5, b3, s53);
    }
    if (across) {
      p0 += aStride;
    } else {
      p0 += 4;
      if (rows > 1) p1 += 4;
      if (rows > 2) p2 += 4;
      if (rows > 3) p3 += 4;
      if (rows > 4) p4 += 4;
      if (rows > 5) p5 += 4;
    }
    b += bStride;
  }
  // One branch around all rows: sums that pass through several are not joined.
  if (accumulate) {
    addWide(c, s00, s01, s02, s03);
    if (rows > 1) addWide((c += cStride), s10, s11, s12, s13);
    if (rows > 2) addWide((c += cStride), s20, s21, s22, s23);
    if (rows > 3) addWide((c += cStride), s30, s31, s32, s33);
    if (rows > 4) addWide((c += cStride), s40, s41, s42, s43);
    if (rows > 5) addWide((c += cStride), s50, s51, s52, s53);
  } else {
    storeWide(c, s00, s01, s02, s03);
    if (rows > 1) storeWide((c += cStride), s10, s11, s12, s13);
    if (rows > 2) storeWide((c += cStride), s20, s21, s22, s23);
    if (rows > 3) storeWide((c += cStride), s30, s31, s32, s33);
    if (rows > 4) storeWide((c += cStride), s40, s41, s42, s43);
    if (rows > 5) storeWide((c += cStride), s50, s51, s52, s53);
  }
}
