// Causal attention in one go, forward and backward: scores, softmax and the mix of values, a few queries at a time, so
// that no matrix [queries, keys] outlives its tile. Queries, keys and values are read where the projection wrote them:
// a row of `x` holds for each key head its `group` queries, its key and its value, one after another.
//
// Several rows (responses) share a prompt, whose keys are the first that they see. A unit of work is a prompt and its rows
// with one key head: what flows back into the prompt is then added by one thread, in one order.

import { fillRest, lengthOf, offsetOf, padded, product, scoresOf } from './attention-parts';
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

/** One head of one sequence of `tokens`, which sees `seen` tokens at `shared` before its own at `base`. */
function attendSequence(
  tokens: i32, seen: i32, headDim: i32, stride: usize, base: usize, shared: usize, queryAt: usize, valueAt: usize,
  sharedPanels: usize, ownPanels: usize, s: usize, edge: usize, out: usize, outStride: usize, stats: usize, statsStride: usize,
): void {
  const ownAt = <usize>padded(seen) << 2;
  const sStride = ownAt + (<usize>padded(tokens) << 2);
  for (let i = 0; i < tokens; i += TILE_ROWS) {
    const count = min(TILE_ROWS, tokens - i), limit = i + count;
    const q = base + <usize>i * stride + queryAt;
    scoresOf(count, headDim, seen, q, stride, sharedPanels, s, sStride);
    scoresOf(count, headDim, limit, q, stride, ownPanels, s + ownAt, sStride);
    for (let r = 0; r < count; r++) {
      softmax(s + <usize>r * sStride, seen, ownAt, i + r + 1, padded(limit), stats + <usize>(i + r) * statsStride);
    }
    const c = out + <usize>i * outStride;
    if (seen > 0) product(false, count, headDim, seen, s, sStride, shared + valueAt, stride, c, outStride, false, edge);
    product(false, count, headDim, limit, s + ownAt, sStride, base + valueAt, stride, c, outStride, seen > 0, edge);
  }
}

/**
 * `x` has sequences one after another, `stride` bytes a token: first each owner's prompt, then the rows. Sequence i has
 * the tokens offsets[i] … offsets[i + 1] − 1, `longest` at most (a prompt `longestPrompt`); the rows starts[owner] …
 * starts[owner + 1] − 1 see their owner's prompt. Queries carry the scale of the scores. Writes `out` [tokens,
 * heads · headDim] and `stats` [tokens, heads, 2].
 */
export function attend(
  begin: i32, end: i32, scratch: usize, keyHeads: i32, group: i32, headDim: i32, stride: usize, x: usize, owners: i32,
  offsets: usize, longest: i32, longestPrompt: i32, starts: usize, out: usize, stats: usize,
): void {
  const headBytes = <usize>headDim << 2;
  const outStride = <usize>(keyHeads * group) * headBytes;
  const statsStride = <usize>(keyHeads * group) << 3;
  const ownPanels = scratch + <usize>padded(longestPrompt) * headBytes;
  const s = ownPanels + <usize>padded(longest) * headBytes;
  const edge = s + <usize>(TILE_ROWS * (padded(longestPrompt) + padded(longest))) * 4;
  for (let unit = begin; unit < end; unit++) {
    const owner = unit / keyHeads, keyHead = unit % keyHeads;
    const firstQuery = <usize>(keyHead * (group + 2)) * headBytes;
    const keyAt = firstQuery + <usize>group * headBytes, valueAt = keyAt + headBytes;
    const shared = x + <usize>offsetOf(offsets, owner) * stride;
    const seen = lengthOf(offsets, owner);
    packRows(headDim, seen, shared + keyAt, stride, scratch);
    const rowEnd = offsetOf(starts, owner + 1);
    // The prompt itself comes before the first of its rows.
    for (let row = offsetOf(starts, owner) - 1; row < rowEnd; row++) {
      const isPrompt = row < offsetOf(starts, owner);
      const sequence = isPrompt ? owner : owners + row;
      const from = <usize>offsetOf(offsets, sequence);
      const tokens = lengthOf(offsets, sequence);
      const base = x + from * stride;
      if (!isPrompt) packRows(headDim, tokens, base + keyAt, stride, ownPanels);
      for (let j = 0; j < group; j++) {
        const head = <usize>(keyHead * group + j);
        attendSequence(
          tokens, isPrompt ? 0 : seen, headDim, stride, base, shared, firstQuery + <usize>j * headBytes, valueAt,
          scratch, isPrompt ? scratch : ownPanels, s, edge, out + from * outStride + head * headBytes, outStride,
          stats + from * statsStride + (head << 3), statsStride,
        );
      }
    }
  }
}
