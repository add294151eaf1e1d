// Attention of one new token of each row, over a cache that it is added to.

import { softmax } from './attention';
import { padded, product, scoresOf } from './attention-parts';
import { multiplyAdd } from './multiply-add';
import { packRows } from './panels';
import { TILE_ROWS } from './tile';

// @ts-ignore: decorator
@inline
function storeSum(c: usize, sum: v128, accumulate: bool): void {
  v128.store(c, accumulate ? f32x4.add(v128.load(c), sum) : sum);
}

/**
 * A single row times B[depth, columns]: 32 columns at a time, so that eight sums run beside each other where a tile of
 * one row has two. The same bits as such tiles.
 */
function rowProduct(columns: i32, depth: i32, a: usize, b: usize, bStride: usize, c: usize, accumulate: bool, edge: usize): void {
  let column = 0;
  for (; column + 32 <= columns; column += 32) {
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
    let from = b + (<usize>column << 2);
    for (let k = 0; k < depth; k++) {
      const x = v128.load32_splat(a + (<usize>k << 2));
      s0 = multiplyAdd(x, v128.load(from), s0);
      s1 = multiplyAdd(x, v128.load(from, 16), s1);
      s2 = multiplyAdd(x, v128.load(from, 32), s2);
      s3 = multiplyAdd(x, v128.load(from, 48), s3);
      s4 = multiplyAdd(x, v128.load(from, 64), s4);
      s5 = multiplyAdd(x, v128.load(from, 80), s5);
      s6 = multiplyAdd(x, v128.load(from, 96), s6);
      s7 = multiplyAdd(x, v128.load(from, 112), s7);
      from += bStride;
    }
    const to = c + (<usize>column << 2);
    storeSum(to, s0, accumulate);
    storeSum(to + 16, s1, accumulate);
    storeSum(to + 32, s2, accumulate);
    storeSum(to + 48, s3, accumulate);
    storeSum(to + 64, s4, accumulate);
    storeSum(to + 80, s5, accumulate);
    storeSum(to + 96, s6, accumulate);
    storeSum(to + 112, s7, accumulate);
  }
  const at = <usize>column << 2;
  if (column < columns) product(false, 1, columns - column, depth, a, 4, b + at, bStride, c + at, 4, accumulate, edge);
}

/**
 * One token of each row, which sees its prefix, `before` earlier tokens of its row, and itself. `keys` [rows, keyHeads,
 * headDim, capacity] and `values` [rows, keyHeads, capacity, headDim] hold the earlier ones; the token's own are added.
 * The capacity is a multiple of 16. Scratch memory: as `attend` with as many tokens.
 */
export function attendToken(
  begin: i32, end: i32, scratch: usize, keyHeads: i32, group: i32, headDim: i32, stride: usize, x: usize, before: i32,
  starts: usize, prefix: usize, prefixTokens: i32, lengths: usize, keys: usize, values: usize, capacity: i32, out: usize,
): void {
  const headBytes = <usize>headDim << 2;
  const outStride = <usize>(keyHeads * group) * headBytes;
  const keyStride = <usize>capacity << 2;
  const cacheBytes = <usize>headDim * keyStride;
  const own = before + 1;
  for (let unit = begin; unit < end; unit++) {
    const owner = unit / keyHeads, keyHead = unit % keyHeads;
    const first = load<i32>(starts + (<usize>owner << 2)), rowEnd = load<i32>(starts + (<usize>owner << 2), 4);
    if (first == rowEnd) continue;
    const seen = prefix != 0 ? load<i32>(lengths + (<usize>owner << 2)) : 0;
    const queryAt = <usize>(keyHead * (group + 2)) * headBytes;
    const keyAt = queryAt + <usize>group * headBytes, valueAt = keyAt + headBytes;
    const shared = prefix + <usize>(owner * prefixTokens) * stride;
    const ownAt = <usize>padded(seen) << 2;
    const sStride = ownAt + (<usize>padded(own) << 2);
    const stats = scratch;
    const panels = scratch + 16;
    const s = panels + <usize>padded(seen) * headBytes;
    const edge = s + <usize>TILE_ROWS * sStride;
    if (seen > 0) packRows(headDim, seen, shared + keyAt, stride, panels);
    for (let row = first; row < rowEnd; row++) {
      const at = <usize>(row * keyHeads + keyHead) * cacheBytes;
      const token = x + <usize>row * stride;
      memory.copy(values + at + <usize>before * headBytes, token + valueAt, headBytes);
      const column = keys + at + (<usize>before << 2);
      for (let i = 0; i < headDim; i++) {
        store<f32>(column + <usize>i * keyStride, load<f32>(token + keyAt + (<usize>i << 2)));
      }
    }
    for (let j = 0; j < group; j++) {
      const headAt = queryAt + <usize>j * headBytes;
      const c = out + <usize>(keyHead * group + j) * headBytes;
      for (let row = first; row < rowEnd; row += TILE_ROWS) {
        const count = min(TILE_ROWS, rowEnd - row);
        const q = x + <usize>row * stride + headAt;
        const to = c + <usize>row * outStride;
        scoresOf(count, headDim, seen, q, stride, panels, s, sStride);
        for (let r = 0; r < count; r++) {
          const sr = s + <usize>r * sStride;
          const cache = <usize>((row + r) * keyHeads + keyHead) * cacheBytes;
          rowProduct(padded(own), headDim, q + <usize>r * stride, keys + cache, keyStride, sr + ownAt, false, edge);
          softmax(sr, seen, ownAt, own, padded(own), stats);
        }
        if (seen > 0) product(false, count, headDim, seen, s, sStride, shared + valueAt, stride, to, outStride, false, edge);
        for (let r = 0; r < count; r++) {
          const cache = <usize>((row + r) * keyHeads + keyHead) * cacheBytes;
          const a = s + <usize>r * sStride + ownAt;
          rowProduct(headDim, own, a, values + cache, headBytes, to + <usize>r * outStride, seen > 0, edge);
        }
      }
    }
  }
}
