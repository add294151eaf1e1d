// Attention of one query over the keys and values of its prompt and then of its own response, which lie token by token.

import { exponential4 } from './exponential';
import { multiplyAdd } from './multiply-add';
import { max4, sum4 } from './vectors';

/** Of four vectors the sum of each, as one vector. */
// @ts-ignore: decorator
@inline
function sums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 1, 4, 5), v128.shuffle<f32>(a, b, 2, 3, 6, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 1, 4, 5), v128.shuffle<f32>(c, d, 2, 3, 6, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 2, 4, 6), v128.shuffle<f32>(ab, cd, 1, 3, 5, 7));
}

/** q · key of `count` keys of `bytes`, `stride` apart; up to three more are read, and as many scores written, to no purpose. */
function scoresOf(q: usize, keys: usize, count: i32, bytes: usize, stride: usize, scores: usize): void {
  let key = 0;
  for (; key + 4 < count; key += 8) {
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
    const k1 = keys + stride, k2 = k1 + stride, k3 = k2 + stride, k4 = k3 + stride, k5 = k4 + stride, k6 = k5 + stride, k7 = k6 + stride;
    for (let at: usize = 0; at < bytes; at += 16) {
      const x = v128.load(q + at);
      s0 = multiplyAdd(x, v128.load(keys + at), s0);
      s1 = multiplyAdd(x, v128.load(k1 + at), s1);
      s2 = multiplyAdd(x, v128.load(k2 + at), s2);
      s3 = multiplyAdd(x, v128.load(k3 + at), s3);
      s4 = multiplyAdd(x, v128.load(k4 + at), s4);
      s5 = multiplyAdd(x, v128.load(k5 + at), s5);
      s6 = multiplyAdd(x, v128.load(k6 + at), s6);
      s7 = multiplyAdd(x, v128.load(k7 + at), s7);
    }
    v128.store(scores, sums(s0, s1, s2, s3));
    v128.store(scores, sums(s4, s5, s6, s7), 16);
    keys = k7 + stride;
    scores += 32;
  }
  if (key >= count) return;
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (let at: usize = 0; at < bytes; at += 16) {
    const x = v128.load(q + at);
    const from = keys + at;
    s0 = multiplyAdd(x, v128.load(from), s0);
    s1 = multiplyAdd(x, v128.load(from + stride), s1);
    s2 = multiplyAdd(x, v128.load(from + 2 * stride), s2);
    s3 = multiplyAdd(x, v128.load(from + 3 * stride), s3);
  }
  v128.store(scores, sums(s0, s1, s2, s3));
}

/** Scores become e^(score − largest), those behind the last up to a vector something near 0. Gives 1 / Σ of them. */
function exponentials(scores: usize, count: i32, constants: usize): f32 {
  const end = <usize>((count + 3) & ~3) << 2;
  for (let at = <usize>count << 2; at < end; at += 4) store<f32>(scores + at, -Infinity);
  let high = f32x4.splat(-Infinity);
  for (let at: usize = 0; at < end; at += 16) high = f32x4.pmax(high, v128.load(scores + at));
  const largest = f32x4.splat(max4(high));
  let sum = f32x4.splat(0);
  for (let at: usize = 0; at < end; at += 16) {
    const e = exponential4(constants, f32x4.sub(v128.load(scores + at), largest));
    sum = f32x4.add(sum, e);
    v128.store(scores + at, e);
  }
  return 1 / sum4(sum);
}

/** share · Σ weight · value over both parts: 32, 16 or 4 values of the head at a time. */
function mix(
  weights: usize, shared: usize, seen: i32, values: usize, own: i32, bytes: usize, stride: usize, share: v128, out: usize,
): void {
  let at: usize = 0;
  for (; at + 128 <= bytes; at += 128) {
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
    let weight = weights;
    for (let part = 0; part < 2; part++) {
      let from = (part == 0 ? shared : values) + at;
      for (let count = part == 0 ? seen : own; count > 0; count--) {
        const x = v128.load32_splat(weight);
        s0 = multiplyAdd(x, v128.load(from), s0);
        s1 = multiplyAdd(x, v128.load(from, 16), s1);
        s2 = multiplyAdd(x, v128.load(from, 32), s2);
        s3 = multiplyAdd(x, v128.load(from, 48), s3);
        s4 = multiplyAdd(x, v128.load(from, 64), s4);
        s5 = multiplyAdd(x, v128.load(from, 80), s5);
        s6 = multiplyAdd(x, v128.load(from, 96), s6);
        s7 = multiplyAdd(x, v128.load(from, 112), s7);
        from += stride;
        weight += 4;
      }
    }
    v128.store(out + at, f32x4.mul(s0, share));
    v128.store(out + at, f32x4.mul(s1, share), 16);
    v128.store(out + at, f32x4.mul(s2, share), 32);
    v128.store(out + at, f32x4.mul(s3, share), 48);
    v128.store(out + at, f32x4.mul(s4, share), 64);
    v128.store(out + at, f32x4.mul(s5, share), 80);
    v128.store(out + at, f32x4.mul(s6, share), 96);
    v128.store(out + at, f32x4.mul(s7, share), 112);
  }
  for (; at + 64 <= bytes; at += 64) {
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    let weight = weights;
    for (let part = 0; part < 2; part++) {
      let from = (part == 0 ? shared : values) + at;
      for (let count = part == 0 ? seen : own; count > 0; count--) {
        const x = v128.load32_splat(weight);
        s0 = multiplyAdd(x, v128.load(from), s0);
        s1 = multiplyAdd(x, v128.load(from, 16), s1);
        s2 = multiplyAdd(x, v128.load(from, 32), s2);
        s3 = multiplyAdd(x, v128.load(from, 48), s3);
        from += stride;
        weight += 4;
      }
    }
    v128.store(out + at, f32x4.mul(s0, share));
    v128.store(out + at, f32x4.mul(s1, share), 16);
    v128.store(out + at, f32x4.mul(s2, share), 32);
    v128.store(out + at, f32x4.mul(s3, share), 48);
  }
  for (; at < bytes; at += 16) {
    let sum = f32x4.splat(0);
    let weight = weights;
    for (let part = 0; part < 2; part++) {
      let from = (part == 0 ? shared : values) + at;
      for (let count = part == 0 ? seen : own; count > 0; count--) {
        sum = multiplyAdd(v128.load32_splat(weight), v128.load(from), sum);
        from += stride;
        weight += 4;
      }
    }
    v128.store(out + at, f32x4.mul(sum, share));
  }
}

/**
 * softmax(q · keysᵀ) · values over `seen` tokens of a prompt, then `own` ones. A head takes `bytes`, whole vectors with zeros
 * behind it; a token's heads lie side by side, `stride` bytes a token. The query carries the scale. `scores` has room for all
 * tokens and eight more.
 */
export function attendOne(
  q: usize, sharedKeys: usize, sharedValues: usize, seen: i32, keys: usize, values: usize, own: i32, bytes: usize, stride: usize,
  scores: usize, constants: usize, out: usize,
): void {
  scoresOf(q, sharedKeys, seen, bytes, stride, scores);
  scoresOf(q, keys, own, bytes, stride, scores + (<usize>seen << 2));
  const share = exponentials(scores, seen + own, constants);
  mix(scores, sharedValues, seen, values, own, bytes, stride, f32x4.splat(share), out);
}
