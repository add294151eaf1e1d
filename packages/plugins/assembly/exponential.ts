// e^x for loops over much data, with its constants in memory: written into the code, V8 builds each of them anew for
// every vector, which takes longer than the polynomial.

import { multiplyAdd } from './multiply-add';

/** Bytes of the constants. */
export const EXPONENTIAL_BYTES: usize = 12 << 4;

// @ts-ignore: decorator
@inline
function put(table: usize, place: usize, value: f32): void {
  v128.store(table + (place << 4), f32x4.splat(value));
}

/** Writes the constants that `exponential4` reads. */
export function putConstants(table: usize): void {
  put(table, 0, -87.33654);
  put(table, 1, 88.02969);
  put(table, 2, 1.44269504);
  // Adding 1.5 · 2^23 rounds to an integer, which then stands in the low bits.
  put(table, 3, 12582912);
  // −ln 2 in two parts, the first with few bits, so that n times it is exact.
  put(table, 4, -0.693359375);
  put(table, 5, 2.12194440e-4);
  put(table, 6, 1.9875691500e-4);
  put(table, 7, 1.3981999507e-3);
  put(table, 8, 8.3334519073e-3);
  put(table, 9, 4.1665795894e-2);
  put(table, 10, 1.6666665459e-1);
  put(table, 11, 5.0000001201e-1);
}

// @ts-ignore: decorator
@inline
function constant(table: usize, place: usize): v128 {
  return v128.load(table + (place << 4));
}

/**
 * e^x to about 1e-7 of its value between −87.3 and 88.0, beyond them that of the bound; NaN counts as the lower one. The
 * same polynomial as `exp4` of vectors.ts, without what that does for the ends.
 */
// @ts-ignore: decorator
@inline
export function exponential4(table: usize, x: v128): v128 {
  const bounded = f32x4.pmin(constant(table, 1), f32x4.pmax(constant(table, 0), x));
  const magic = constant(table, 3);
  const shifted = multiplyAdd(bounded, constant(table, 2), magic);
  const n = f32x4.sub(shifted, magic);
  let r = multiplyAdd(n, constant(table, 4), bounded);
  r = multiplyAdd(n, constant(table, 5), r);
  let p = multiplyAdd(constant(table, 6), r, constant(table, 7));
  p = multiplyAdd(p, r, constant(table, 8));
  p = multiplyAdd(p, r, constant(table, 9));
  p = multiplyAdd(p, r, constant(table, 10));
  p = multiplyAdd(p, r, constant(table, 11));
  p = multiplyAdd(p, f32x4.mul(r, r), f32x4.add(r, f32x4.splat(1)));
  return i32x4.add(p, i32x4.shl(shifted, 23));
}
