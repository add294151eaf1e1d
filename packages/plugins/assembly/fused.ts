// Parts of a decoder layer and of the optimizer that are one pass over their values: forward and backward. Each row or
// block is computed by itself, so threads share them as they like.

import { exp4, loadRest, max4, sigmoid4, storeRest, sum4 } from './vectors';

/** Values of a unit of the element-wise functions here. */
const BLOCK: i32 = 256;

export function blockLength(): i32 {
  return BLOCK;
}

/** Rows of `width` values: out = x / √(mean x² + ε); `scales` gets 1 / √…. */
export function rmsNorm(begin: i32, end: i32, scratch: usize, width: i32, epsilon: f32, x: usize, out: usize, scales: usize): void {
  const bytes = <usize>width << 2;
  const vectors = bytes & ~15;
  for (let row = begin; row < end; row++) {
    const from = x + <usize>row * bytes, to = out + <usize>row * bytes;
    let sums = f32x4.splat(0);
    for (let at: usize = 0; at < vectors; at += 16) {
      const v = v128.load(from + at);
      sums = f32x4.add(sums, f32x4.mul(v, v));
    }
    let total = sum4(sums);
    for (let at = vectors; at < bytes; at += 4) total += load<f32>(from + at) * load<f32>(from + at);
    const scale: f32 = 1 / sqrt<f32>(total / <f32>width + epsilon);
    const scale4 = f32x4.splat(scale);
    for (let at: usize = 0; at < vectors; at += 16) v128.store(to + at, f32x4.mul(v128.load(from + at), scale4));
    for (let at = vectors; at < bytes; at += 4) store<f32>(to + at, load<f32>(from + at) * scale);
    store<f32>(scales + (<usize>row << 2), scale);
  }
}

/** dx = (dy − out · mean(dy · out)) · scale */
export function rmsNormBackward(
  begin: i32, end: i32, scratch: usize, width: i32, out: usize, scales: usize, dy: usize, dx: usize,
): void {
  const bytes = <usize>width << 2;
  const vectors = bytes & ~15;
  for (let row = begin; row < end; row++) {
    const at0 = <usize>row * bytes;
    const unit = out + at0, up = dy + at0, to = dx + at0;
    let sums = f32x4.splat(0);
    for (let at: usize = 0; at < vectors; at += 16) sums = f32x4.add(sums, f32x4.mul(v128.load(unit + at), v128.load(up + at)));
    let total = sum4(sums);
    for (let at = vectors; at < bytes; at += 4) total += load<f32>(unit + at) * load<f32>(up + at);
    const mean: f32 = total / <f32>width;
    const scale = load<f32>(scales + (<usize>row << 2));
    const mean4 = f32x4.splat(mean), scale4 = f32x4.splat(scale);
    for (let at: usize = 0; at < vectors; at += 16) {
      v128.store(to + at, f32x4.mul(f32x4.sub(v128.load(up + at), f32x4.mul(v128.load(unit + at), mean4)), scale4));
    }
    for (let at = vectors; at < bytes; at += 4) store<f32>(to + at, (load<f32>(up + at) - load<f32>(unit + at) * mean) * scale);
  }
}

/** gate · σ(gate) · up */
export function swiGlu(begin: i32, end: i32, scratch: usize, length: i32, gate: usize, up: usize, out: usize): void {
  const stop = min(end * BLOCK, length);
  let i = begin * BLOCK;
  for (; i + 4 <= stop; i += 4) {
    const at = <usize>i << 2;
    const g = v128.load(gate + at);
    v128.store(out + at, f32x4.mul(f32x4.mul(g, sigmoid4(g)), v128.load(up + at)));
  }
  if (i < stop) {
    const at = <usize>i << 2;
    const g = loadRest(gate + at, stop - i);
    storeRest(out + at, f32x4.mul(f32x4.mul(g, sigmoid4(g)), loadRest(up + at, stop - i)), stop - i);
  }
}

/** d silu / d gate = σ + silu · (1 − σ) */
// @ts-ignore: decorator
@inline
function siluSlope(silu: v128, open: v128): v128 {
  return f32x4.add(open, f32x4.sub(silu, f32x4.mul(silu, open)));
}

export function swiGluBackward(
  begin: i32, end: i32, scratch: usize, length: i32, gate: usize, up: usize, dy: usize, dGate: usize, dUp: usize,
): void {
  const stop = min(end * BLOCK, length);
  let i = begin * BLOCK;
  for (; i < stop; i += 4) {
    const at = <usize>i << 2, left = stop - i, whole = left >= 4;
    const g = whole ? v128.load(gate + at) : loadRest(gate + at, left);
    const u = whole ? v128.load(up + at) : loadRest(up + at, left);
    const d = whole ? v128.load(dy + at) : loadRest(dy + at, left);
    const open = sigmoid4(g), silu = f32x4.mul(g, open);
    const toGate = f32x4.mul(f32x4.mul(d, u), siluSlope(silu, open)), toUp = f32x4.mul(d, silu);
    if (whole) {
      v128.store(dGate + at, toGate);
      v128.store(dUp + at, toUp);
    } else {
      storeRest(dGate + at, toGate, left);
      storeRest(dUp + at, toUp, left);
    }
  }
}

/**
 * Rotary positions: of each key head the first `turned` heads are turned, the last is copied. `cos` and `sin` have rows
 * of turned · headDim values; `direction` −1 turns back.
 */
export function rotate(
  begin: i32, end: i32, scratch: usize, keyHeads: i32, turned: i32, headDim: i32, x: usize, cos: usize, sin: usize, out: usize, direction: f32,
): void {
  const headBytes = <usize>headDim << 2, half = headBytes >> 1;
  const vectors = half & ~15;
  const tableBytes = <usize>turned * headBytes;
  const direction4 = f32x4.splat(direction);
  let from = x + <usize>(begin * keyHeads * (turned + 1)) * headBytes;
  let to = out + <usize>(begin * keyHeads * (turned + 1)) * headBytes;
  for (let row = begin; row < end; row++) {
    for (let keyHead = 0; keyHead < keyHeads; keyHead++) {
      let c = cos + <usize>row * tableBytes, s = sin + <usize>row * tableBytes;
      for (let head = 0; head < turned; head++) {
        let at: usize = 0;
        for (; at < vectors; at += 16) {
          const cosine = v128.load(c + at), sine = f32x4.mul(v128.load(s + at), direction4);
          const left = v128.load(from + at), right = v128.load(from + half + at);
          v128.store(to + at, f32x4.sub(f32x4.mul(left, cosine), f32x4.mul(right, sine)));
          v128.store(to + half + at, f32x4.add(f32x4.mul(right, cosine), f32x4.mul(left, sine)));
        }
        for (; at < half; at += 4) {
          const cosine = load<f32>(c + at), sine = load<f32>(s + at) * direction;
          const left = load<f32>(from + at), right = load<f32>(from + half + at);
          store<f32>(to + at, left * cosine - right * sine);
          store<f32>(to + half + at, right * cosine + left * sine);
        }
        c += headBytes; s += headBytes; from += headBytes; to += headBytes;
      }
      memory.copy(to, from, headBytes);
      from += headBytes; to += headBytes;
    }
  }
}

/**
 * Takes the next `width` columns, from column `first` on, of rows of logits into running statistics of each row:
 * [largest, Σ e^(x − largest), Σ x · e^(x − largest), logit of the target].
 */
export function takeLogits(
  begin: i32, end: i32, scratch: usize, width: i32, first: i32, logits: usize, targets: usize, stats: usize,
): void {
  const bytes = <usize>width << 2, vectors = bytes & ~15;
  for (let row = begin; row < end; row++) {
    const x = logits + <usize>row * bytes, to = stats + (<usize>row << 4);
    let high = f32x4.splat(-Infinity);
    for (let at: usize = 0; at < vectors; at += 16) high = f32x4.pmax(high, v128.load(x + at));
    let largest = max4(high);
    for (let at = vectors; at < bytes; at += 4) largest = max(largest, load<f32>(x + at));
    const before: f32 = first == 0 ? <f32>-Infinity : load<f32>(to);
    largest = max(largest, before);
    const largest4 = f32x4.splat(largest);
    let sums = f32x4.splat(0), dots = f32x4.splat(0);
    for (let at: usize = 0; at < vectors; at += 16) {
      const v = v128.load(x + at), e = exp4(f32x4.sub(v, largest4));
      sums = f32x4.add(sums, e);
      dots = f32x4.add(dots, f32x4.mul(v, e));
    }
    let sum = sum4(sums), dot = sum4(dots);
    for (let at = vectors; at < bytes; at += 4) {
      const v = load<f32>(x + at), e = f32x4.extract_lane(exp4(f32x4.splat(v - largest)), 0);
      sum += e;
      dot += v * e;
    }
    if (first > 0) {
      const shrink = f32x4.extract_lane(exp4(f32x4.splat(before - largest)), 0);
      sum += load<f32>(to, 4) * shrink;
      dot += load<f32>(to, 8) * shrink;
    }
    store<f32>(to, largest);
    store<f32>(to, sum, 4);
    store<f32>(to, dot, 8);
    const target = load<i32>(targets + (<usize>row << 2)) - first;
    if (target >= 0 && target < width) store<f32>(to, load<f32>(x + (<usize>target << 2)), 12);
  }
}

/**
 * Logits become their slopes, in place: with p the softmax and log p = x − total,
 * dLogProb · (1[target] − p) − dEntropy · p · (log p + entropy). `rows` has [total, entropy, dLogProb, dEntropy] of each.
 */
export function logitSlopes(
  begin: i32, end: i32, scratch: usize, width: i32, first: i32, logits: usize, targets: usize, rows: usize,
): void {
  const bytes = <usize>width << 2;
  for (let row = begin; row < end; row++) {
    const x = logits + <usize>row * bytes, facts = rows + (<usize>row << 4);
    const total = v128.load32_splat(facts), entropy = v128.load32_splat(facts, 4);
    const dLogProb = v128.load32_splat(facts, 8), dEntropy = v128.load32_splat(facts, 12);
    for (let i = 0; i < width; i += 4) {
      const at = <usize>i << 2, left = width - i;
      const logProb = f32x4.sub(left >= 4 ? v128.load(x + at) : loadRest(x + at, left), total);
      const slope = f32x4.add(dLogProb, f32x4.mul(dEntropy, f32x4.add(logProb, entropy)));
      const value = f32x4.neg(f32x4.mul(exp4(logProb), slope));
      if (left >= 4) v128.store(x + at, value);
      else storeRest(x + at, value, left);
    }
    const target = load<i32>(targets + (<usize>row << 2)) - first;
    if (target >= 0 && target < width) {
      const at = x + (<usize>target << 2);
      store<f32>(at, load<f32>(at) + load<f32>(facts, 8));
    }
  }
}

/**
 * Draws a token of each row of logits [rows, width]: the first where Σ e^(x − largest) reaches the row's uniform number
 * times the sum of all, sums in float64. Writes [token, logit − largest, sum] of each row.
 */
export function drawTokens(begin: i32, end: i32, scratch: usize, width: i32, logits: usize, uniforms: usize, out: usize): void {
  const bytes = <usize>width << 2, vectors = bytes & ~15;
  for (let row = begin; row < end; row++) {
    const x = logits + <usize>row * bytes, to = out + <usize>row * 12;
    let high = f32x4.splat(-Infinity);
    for (let at: usize = 0; at < vectors; at += 16) high = f32x4.pmax(high, v128.load(x + at));
    let largest = max4(high);
    for (let at = vectors; at < bytes; at += 4) largest = max(largest, load<f32>(x + at));
    const largest4 = f32x4.splat(largest);
    let total: f64 = 0;
    for (let i = 0; i < width; i += 4) {
      const at = <usize>i << 2, left = width - i;
      const e = exp4(f32x4.sub(left >= 4 ? v128.load(x + at) : loadRest(x + at, left), largest4));
      total += <f64>f32x4.extract_lane(e, 0);
      if (left > 1) total += <f64>f32x4.extract_lane(e, 1);
      if (left > 2) total += <f64>f32x4.extract_lane(e, 2);
      if (left > 3) total += <f64>f32x4.extract_lane(e, 3);
    }
    const target = <f64>load<f32>(uniforms + (<usize>row << 2)) * total;
    let token = width - 1, reached: f64 = 0;
    for (let i = 0; i < width; i++) {
      reached += <f64>f32x4.extract_lane(exp4(f32x4.splat(load<f32>(x + (<usize>i << 2)) - largest)), 0);
      if (reached >= target) {
        token = i;
        break;
      }
    }
    store<f32>(to, <f32>token);
    store<f32>(to, load<f32>(x + (<usize>token << 2)) - largest, 4);
    store<f32>(to, <f32>total, 8);
  }
}

/** `sum` = the parts, `length` values each, one after another; in front of them what `sum` holds if `accumulate`. */
export function addParts(begin: i32, end: i32, scratch: usize, length: i32, count: i32, parts: usize, sum: usize, accumulate: bool): void {
  const bytes = <usize>length << 2;
  const stop = min(end * BLOCK, length);
  for (let i = begin * BLOCK; i < stop; i += 4) {
    const at = <usize>i << 2, left = stop - i, whole = left >= 4;
    let part = parts + at;
    let total = accumulate ? (whole ? v128.load(sum + at) : loadRest(sum + at, left)) : f32x4.splat(0);
    for (let n = 0; n < count; n++) {
      const value = whole ? v128.load(part) : loadRest(part, left);
      total = n == 0 && !accumulate ? value : f32x4.add(total, value);
      part += bytes;
    }
    if (whole) v128.store(sum + at, total);
    else storeRest(sum + at, total, left);
  }
}

/** One step of AdamW into new places: see optimizers/adamw.ts, whose constants these are. */
export function adamW(
  begin: i32, end: i32, scratch: usize, length: i32, parameter: usize, gradient: usize, first: usize, second: usize,
  newParameter: usize, newFirst: usize, newSecond: usize, clip: f32, beta1: f32, beta2: f32, rest1: f32, rest2: f32, eps: f32, rate: f32, keep: f32,
): void {
  const clip4 = f32x4.splat(clip), rate4 = f32x4.splat(rate), keep4 = f32x4.splat(keep), eps4 = f32x4.splat(eps);
  const stop = min(end * BLOCK, length);
  for (let i = begin * BLOCK; i < stop; i += 4) {
    const at = <usize>i << 2, left = stop - i, whole = left >= 4;
    const g = f32x4.mul(whole ? v128.load(gradient + at) : loadRest(gradient + at, left), clip4);
    const m0 = whole ? v128.load(first + at) : loadRest(first + at, left);
    const v0 = whole ? v128.load(second + at) : loadRest(second + at, left);
    const p0 = whole ? v128.load(parameter + at) : loadRest(parameter + at, left);
    const m = f32x4.add(f32x4.mul(m0, f32x4.splat(beta1)), f32x4.mul(g, f32x4.splat(rest1)));
    const v = f32x4.add(f32x4.mul(v0, f32x4.splat(beta2)), f32x4.mul(f32x4.mul(g, g), f32x4.splat(rest2)));
    const direction = f32x4.div(m, f32x4.add(f32x4.sqrt(v), eps4));
    const p = f32x4.sub(f32x4.mul(p0, keep4), f32x4.mul(direction, rate4));
    if (whole) {
      v128.store(newFirst + at, m);
      v128.store(newSecond + at, v);
      v128.store(newParameter + at, p);
    } else {
      storeRest(newFirst + at, m, left);
      storeRest(newSecond + at, v, left);
      storeRest(newParameter + at, p, left);
    }
  }
}
