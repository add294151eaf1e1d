// Causal attention in one go, forward and backward: scores, softmax and the mix of values, a few queries at a time, so
// that no matrix [queries, keys] outlives its tile. Queries, keys and values are read where the projection wrote them:
// a row of `x` holds for each key head its `group` queries, its key and its value, one after another.
//
// Several rows (responses) may share a prefix (their prompt), whose keys are the first that they see. A unit of work is
// an owner of a prefix with one key head: what flows back into the prefix is then added by one thread, in one order.

import { fillRest, padded, product, scoresOf } from './attention-parts';
import { packRows } from './panels';
import { TILE_ROWS } from './tile';
import { exp4, max4, sum4 } from './vectors';

/**
 * Softmax of the scores of one query, in place: `seen` of its prefix and `own` of its own row. What lies beyond, up to
 * whole tiles, becomes 0. Writes the largest score and 1 / Σ e^(score − largest) to `stats`.
 */
export function softmax(s: usize, seen: i32, ownAt: usize, own: i32, ownUntil: i32, stats: usize): void {
  const prefixEnd = <usize>padded(seen) << 2;
  const ownEnd = <usize>padded(own) << 2;
  fillRest(s, seen, padded(seen), -Infinity);
  fillRest(s + ownAt, own, padded(own), -Infinity);
  let high = f32x4.splat(-Infinity);
  for (let at: usize = 0; at < prefixEnd; at += 16) high = f32x4.pmax(high, v128.load(s + at));
  for (let at = ownAt; at < ownAt + ownEnd; at += 16) high = f32x4.pmax(high, v128.load(s + at));
  const largest = max4(high);
  const largest4 = f32x4.splat(largest);
  let sum = f32x4.splat(0);
  for (let at: usize = 0; at < prefixEnd; at += 16) {
    const e = exp4(f32x4.sub(v128.load(s + at), largest4));
    sum = f32x4.add(sum, e);
    v128.store(s + at, e);
  }
  for (let at = ownAt; at < ownAt + ownEnd; at += 16) {
    const e = exp4(f32x4.sub(v128.load(s + at), largest4));
    sum = f32x4.add(sum, e);
    v128.store(s + at, e);
  }
  const share: f32 = 1 / sum4(sum);
  const share4 = f32x4.splat(share);
  for (let at: usize = 0; at < prefixEnd; at += 16) v128.store(s + at, f32x4.mul(v128.load(s + at), share4));
  for (let at = ownAt; at < ownAt + ownEnd; at += 16) v128.store(s + at, f32x4.mul(v128.load(s + at), share4));
  fillRest(s + ownAt, padded(own), ownUntil, 0);
  store<f32>(stats, largest);
  store<f32>(stats, share, 4);
}

/**
 * `x` [rows · tokens, …] of `stride` bytes a token; `prefix` likewise, `prefixTokens` a prompt of which `lengths[owner]`
 * count; rows starts[owner] … starts[owner + 1] − 1 belong to an owner. Queries carry the scale of the scores. Writes
 * `out` [rows · tokens, heads · headDim] and `stats` [rows · tokens, heads, 2].
 */
export function attend(
  begin: i32, end: i32, scratch: usize, keyHeads: i32, group: i32, headDim: i32, stride: usize, x: usize, tokens: i32,
  starts: usize, prefix: usize, prefixTokens: i32, lengths: usize, out: usize, stats: usize,
): void {
  const headBytes = <usize>headDim << 2;
  const outStride = <usize>(keyHeads * group) * headBytes;
  const statsStride = <usize>(keyHeads * group) << 3;
  for (let unit = begin; unit < end; unit++) {
    const owner = unit / keyHeads, keyHead = unit % keyHeads;
    const seen = prefix != 0 ? load<i32>(lengths + (<usize>owner << 2)) : 0;
    const queryAt = <usize>(keyHead * (group + 2)) * headBytes;
    const keyAt = queryAt + <usize>group * headBytes, valueAt = keyAt + headBytes;
    const shared = prefix + <usize>(owner * prefixTokens) * stride;
    const ownAt = <usize>padded(seen) << 2;
    const sStride = ownAt + (<usize>padded(tokens) << 2);
    const sharedPanels = scratch;
    const ownPanels = sharedPanels + <usize>padded(seen) * headBytes;
    const s = ownPanels + <usize>padded(tokens) * headBytes;
    const edge = s + <usize>TILE_ROWS * sStride;
    if (seen > 0) packRows(headDim, seen, shared + keyAt, stride, sharedPanels);
    const rowEnd = load<i32>(starts + (<usize>owner << 2), 4);
    for (let row = load<i32>(starts + (<usize>owner << 2)); row < rowEnd; row++) {
      const base = x + <usize>(row * tokens) * stride;
      packRows(headDim, tokens, base + keyAt, stride, ownPanels);
      for (let j = 0; j < group; j++) {
        const head = <usize>(keyHead * group + j);
        for (let i = 0; i < tokens; i += TILE_ROWS) {
          const count = min(TILE_ROWS, tokens - i), limit = i + count;
          const q = base + <usize>i * stride + queryAt + <usize>j * headBytes;
          scoresOf(count, headDim, seen, q, stride, sharedPanels, s, sStride);
          scoresOf(count, headDim, limit, q, stride, ownPanels, s + ownAt, sStride);
          const token = <usize>(row * tokens + i);
          for (let r = 0; r < count; r++) {
            const to = stats + (token + <usize>r) * statsStride + (head << 3);
            softmax(s + <usize>r * sStride, seen, ownAt, i + r + 1, padded(limit), to);
          }
          const c = out + token * outStride + head * headBytes;
          if (seen > 0) product(false, count, headDim, seen, s, sStride, shared + valueAt, stride, c, outStride, false, edge);
          product(false, count, headDim, limit, s + ownAt, sStride, base + valueAt, stride, c, outStride, seen > 0, edge);
        }
      }
    }
  }
}
