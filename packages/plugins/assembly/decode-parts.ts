// What the pass of one token through a decoder is made of: products with packed weights, norms, the gate.

import { exponential4 } from './exponential';
import { multiplyAdd } from './multiply-add';
import { B_STEP, packRows } from './panels';
import { fullTileDown, TILE_COLUMNS, TILE_ROWS } from './tile';
import { sum4 } from './vectors';

/** As much of the depth goes through a tile at once, so that a panel of weights stays in the first-level cache. */
const DEPTH_BLOCK: i32 = 256;

/** Values that a row of so many takes in memory: whole tiles in every form, the rest 0. */
// @ts-ignore: decorator
@inline
export function padded(width: i32): i32 {
  return (width + 15) & ~15;
}

/** The next chunk of the depth: two halves rather than a full chunk and a stump. */
// @ts-ignore: decorator
@inline
function nextChunk(left: i32): i32 {
  if (left <= DEPTH_BLOCK) return left;
  return left < 2 * DEPTH_BLOCK ? (left + 1) >> 1 : DEPTH_BLOCK;
}

/**
 * A matrix [columns, depth] in the order that `packedProduct` reads it: chunk of the depth, panel of a tile's columns, row of
 * the panel; columns are added up to `padded(columns)`, all 0. The units are panels.
 */
export function packWeights(begin: i32, end: i32, scratch: usize, columns: i32, depth: i32, matrix: usize, out: usize): void {
  const stride = <usize>depth << 2;
  for (let panel = begin; panel < end; panel++) {
    const column = panel * TILE_COLUMNS;
    const width = min(TILE_COLUMNS, columns - column);
    for (let done = 0; done < depth;) {
      const chunk = nextChunk(depth - done);
      const to = out + (<usize>(done * padded(columns) + column * chunk) << 2);
      if (width > 0) packRows(chunk, width, matrix + <usize>column * stride + (<usize>done << 2), stride, to);
      else memory.fill(to, 0, <usize>chunk * B_STEP);
      done += chunk;
    }
  }
}

/**
 * C[rows, padded columns] = (or +=) A[rows, depth] · packed weights. Whole tiles only: A and C have memory for `rows` rounded
 * up to them, and what is computed there beyond `rows` is of no meaning. Each row has its bits by itself.
 *
 * @returns where the weights end
 */
export function packedProduct(
  rows: i32, depth: i32, columns: i32, a: usize, aStride: usize, weights: usize, c: usize, accumulate: bool,
): usize {
  const width = padded(columns), cStride = <usize>width << 2;
  for (let done = 0; done < depth;) {
    const chunk = nextChunk(depth - done);
    for (let column = 0; column < width; column += TILE_COLUMNS) {
      let from = a + (<usize>done << 2), to = c + (<usize>column << 2);
      for (let row = 0; row < rows; row += TILE_ROWS) {
        fullTileDown(chunk, from, aStride, weights, B_STEP, to, cStride, accumulate || done > 0);
        from += <usize>TILE_ROWS * aStride;
        to += <usize>TILE_ROWS * cStride;
      }
      weights += <usize>chunk * B_STEP;
    }
    done += chunk;
  }
  return weights;
}

/** 1 / √(mean x² + ε) of a row of `width` values and zeros up to `bytes`. */
// @ts-ignore: decorator
@inline
function inverseRoot(x: usize, width: i32, bytes: usize, epsilon: f32): f32 {
  let sums = f32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) {
    const v = v128.load(x + at);
    sums = multiplyAdd(v, v, sums);
  }
  return 1 / sqrt<f32>(sum4(sums) / <f32>width + epsilon);
}

/** out = x / √(mean x² + ε), row by row. */
export function normRows(rows: i32, width: i32, epsilon: f32, x: usize, out: usize): void {
  const bytes = <usize>padded(width) << 2;
  for (let row = 0; row < rows; row++) {
    const scale = f32x4.splat(inverseRoot(x, width, bytes, epsilon));
    for (let at: usize = 0; at < bytes; at += 16) v128.store(out + at, f32x4.mul(v128.load(x + at), scale));
    x += bytes;
    out += bytes;
  }
}

/** The last norm, with its gain, into rows that lie side by side. */
export function finishRows(rows: i32, width: i32, epsilon: f32, x: usize, gain: usize, out: usize): void {
  const bytes = <usize>padded(width) << 2;
  const outBytes = <usize>width << 2;
  for (let row = 0; row < rows; row++) {
    const scale = inverseRoot(x, width, bytes, epsilon);
    for (let at: usize = 0; at < outBytes; at += 4) {
      store<f32>(out + at, load<f32>(x + at) * scale * load<f32>(gain + at));
    }
    x += bytes;
    out += outBytes;
  }
}

/** A head's norm in place, with its gain. */
export function normHead(headDim: i32, epsilon: f32, x: usize, gain: usize): void {
  const bytes = <usize>headDim << 2;
  let total: f32 = 0;
  for (let at: usize = 0; at < bytes; at += 4) total += load<f32>(x + at) * load<f32>(x + at);
  const scale: f32 = 1 / sqrt<f32>(total / <f32>headDim + epsilon);
  for (let at: usize = 0; at < bytes; at += 4) store<f32>(x + at, load<f32>(x + at) * scale * load<f32>(gain + at));
}

/** gate = gate · σ(gate) · up. NaN stays NaN by the product. */
export function gateRows(bytes: usize, constants: usize, gate: usize, up: usize): void {
  const one = f32x4.splat(1);
  for (let at: usize = 0; at < bytes; at += 16) {
    const g = v128.load(gate + at);
    const e = exponential4(constants, f32x4.neg(g));
    v128.store(gate + at, f32x4.mul(f32x4.div(g, f32x4.add(one, e)), v128.load(up + at)));
  }
}

/** A head turned by its position: x · cos + (−x₂, x₁) · sin, x₁ and x₂ its halves. */
export function turnHead(headDim: i32, x: usize, cos: usize, sin: usize, out: usize): void {
  const half = <usize>headDim << 1;
  const vectors = half & ~15;
  let at: usize = 0;
  for (; at < vectors; at += 16) {
    const cosine = v128.load(cos + at), sine = v128.load(sin + at);
    const left = v128.load(x + at), right = v128.load(x + half + at);
    v128.store(out + at, f32x4.sub(f32x4.mul(left, cosine), f32x4.mul(right, sine)));
    v128.store(out + half + at, f32x4.add(f32x4.mul(right, cosine), f32x4.mul(left, sine)));
  }
  for (; at < half; at += 4) {
    const cosine = load<f32>(cos + at), sine = load<f32>(sin + at);
    const left = load<f32>(x + at), right = load<f32>(x + half + at);
    store<f32>(out + at, left * cosine - right * sine);
    store<f32>(out + half + at, right * cosine + left * sine);
  }
}
