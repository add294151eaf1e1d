// Operations on each value by itself, four at a time.

import { exp4, loadRest, storeRest } from './vectors';

export function exp(length: i32, x: usize, out: usize): void {
  for (; length >= 8; length -= 8) {
    const first = exp4(v128.load(x));
    const second = exp4(v128.load(x, 16));
    v128.store(out, first);
    v128.store(out, second, 16);
    x += 32;
    out += 32;
  }
  for (; length >= 4; length -= 4) {
    v128.store(out, exp4(v128.load(x)));
    x += 16;
    out += 16;
  }
  if (length > 0) storeRest(out, exp4(loadRest(x, length)), length);
}

/** min(max(x, low), high), NaN staying NaN. */
export function clip(length: i32, x: usize, low: f32, high: f32, out: usize): void {
  const lows = f32x4.splat(low), highs = f32x4.splat(high);
  for (; length >= 4; length -= 4) {
    v128.store(out, f32x4.min(f32x4.max(v128.load(x), lows), highs));
    x += 16;
    out += 16;
  }
  if (length > 0) storeRest(out, f32x4.min(f32x4.max(loadRest(x, length), lows), highs), length);
}

/** The larger (or the smaller) of a and b, NaN if either is; b has one value where `single`. */
export function extreme(smaller: bool, length: i32, a: usize, b: usize, single: bool, out: usize): void {
  const only = single ? v128.load32_splat(b) : f32x4.splat(0);
  for (; length >= 4; length -= 4) {
    const x = v128.load(a);
    const y = single ? only : v128.load(b);
    v128.store(out, smaller ? f32x4.min(x, y) : f32x4.max(x, y));
    a += 16;
    b += 16;
    out += 16;
  }
  if (length > 0) {
    const x = loadRest(a, length);
    const y = single ? only : loadRest(b, length);
    storeRest(out, smaller ? f32x4.min(x, y) : f32x4.max(x, y), length);
  }
}

// @ts-ignore: decorator
@inline
function compare4(relation: i32, x: v128, y: v128): v128 {
  switch (relation) {
    case 0: return f32x4.eq(x, y);
    case 1: return f32x4.ne(x, y);
    case 2: return f32x4.gt(x, y);
    case 3: return f32x4.ge(x, y);
    case 4: return f32x4.lt(x, y);
    default: return f32x4.le(x, y);
  }
}

/** Single bytes, 1 where the relation holds: 0 =, 1 ≠, 2 >, 3 ≥, 4 <, 5 ≤; b has one value where `single`. */
export function compare(relation: i32, length: i32, a: usize, b: usize, single: bool, out: usize): void {
  const only = single ? v128.load32_splat(b) : f32x4.splat(0);
  const ones = i8x16.splat(1);
  for (; length >= 4; length -= 4) {
    const mask = compare4(relation, v128.load(a), single ? only : v128.load(b));
    const words = i16x8.narrow_i32x4_s(mask, mask);
    v128.store32_lane(out, v128.and(i8x16.narrow_i16x8_s(words, words), ones), 0);
    a += 16;
    b += 16;
    out += 4;
  }
  for (let i = 0; i < length; i++) {
    const at = <usize>i << 2;
    const y = single ? only : v128.load32_zero(b + at);
    const mask = compare4(relation, v128.load32_zero(a + at), y);
    store<u8>(out + <usize>i, <u8>(i32x4.extract_lane(mask, 0) & 1));
  }
}

/** int32, or single bytes where `bytes`, as float32. */
export function toFloat(bytes: bool, length: i32, x: usize, out: usize): void {
  for (; length >= 4; length -= 4) {
    const values = bytes
      ? i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(x)))
      : v128.load(x);
    v128.store(out, f32x4.convert_i32x4_s(values));
    x += bytes ? 4 : 16;
    out += 16;
  }
  for (let i = 0; i < length; i++) {
    const value = bytes ? <f32>load<u8>(x + <usize>i) : <f32>load<i32>(x + (<usize>i << 2));
    store<f32>(out + (<usize>i << 2), value);
  }
}
