// What kernels on vectors of four values share.

/**
 * e^x to about 1e-7 of its value, for every x: 0 below −87.3, where float32 has denormals only, infinite above 88.7,
 * NaN for NaN. With x = n ln 2 + r and |r| ≤ ln 2 / 2 it is a polynomial in r (Cephes) whose exponent is raised by n.
 */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  const low = f32x4.splat(-87.33654), high = f32x4.splat(88.72283);
  // pmin and pmax are one instruction each, and give the bound for NaN.
  const bounded = f32x4.pmin(high, f32x4.pmax(low, x));
  // Adding 1.5 · 2^23 rounds to an integer, which then stands in the low bits.
  const magic = f32x4.splat(12582912);
  const shifted = f32x4.add(f32x4.mul(bounded, f32x4.splat(1.44269504)), magic);
  const n = f32x4.sub(shifted, magic);
  // ln 2 in two parts, the first with few bits, so that n times it is exact.
  let r = f32x4.sub(bounded, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(n, f32x4.splat(2.12194440e-4)));
  let p = f32x4.add(f32x4.mul(f32x4.splat(1.9875691500e-4), r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), f32x4.add(r, f32x4.splat(1)));
  // n goes to 128 only where p < 1, so the exponent stays within its bits.
  const power = i32x4.add(p, i32x4.shl(shifted, 23));
  const small = v128.andnot(power, f32x4.lt(x, low));
  const large = v128.bitselect(f32x4.splat(Infinity), small, f32x4.gt(x, high));
  // NaN alone differs from itself.
  return v128.bitselect(x, large, f32x4.ne(x, x));
}

/** The last one to three values of `length`, as a vector that is padded with 0. */
// @ts-ignore: decorator
@inline
export function loadRest(x: usize, count: i32): v128 {
  let v = v128.load32_zero(x);
  if (count > 1) v = f32x4.replace_lane(v, 1, load<f32>(x, 4));
  if (count > 2) v = f32x4.replace_lane(v, 2, load<f32>(x, 8));
  return v;
}

// @ts-ignore: decorator
@inline
export function storeRest(out: usize, v: v128, count: i32): void {
  store<f32>(out, f32x4.extract_lane(v, 0));
  if (count > 1) store<f32>(out, f32x4.extract_lane(v, 1), 4);
  if (count > 2) store<f32>(out, f32x4.extract_lane(v, 2), 8);
}

/** Sum of the four values. */
// @ts-ignore: decorator
@inline
export function sum4(v: v128): f32 {
  const pairs = f32x4.add(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** Largest of the four values. */
// @ts-ignore: decorator
@inline
export function max4(v: v128): f32 {
  const pairs = f32x4.pmax(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return max(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1));
}

/** 1 / (1 + e^−x). */
// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
}
