// The way back through attention: weights are computed again from the statistics that the way forth kept.

import { fillRest, lengthOf, offsetOf, padded, product, QUERIES, scoresOf } from './attention-parts';
import { packRows } from './panels';
import { TILE_ROWS } from './tile';
import { exp4, sum4 } from './vectors';

/** Scores become weights. */
// @ts-ignore: decorator
@inline
function weigh(s: usize, bytes: usize, largest: v128, share: v128): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(s + at, f32x4.mul(exp4(f32x4.sub(v128.load(s + at), largest)), share));
  }
}

// @ts-ignore: decorator
@inline
function dot(s: usize, d: usize, bytes: usize, sum: v128): v128 {
  for (let at: usize = 0; at < bytes; at += 16) {
    sum = f32x4.add(sum, f32x4.mul(v128.load(s + at), v128.load(d + at)));
  }
  return sum;
}

/** Slopes of the weights become those of the scores; `mean` is Σ weight · slope. */
// @ts-ignore: decorator
@inline
function slopes(s: usize, d: usize, bytes: usize, mean: v128): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(d + at, f32x4.mul(v128.load(s + at), f32x4.sub(v128.load(d + at), mean)));
  }
}

/** Weights and slopes of one query from scores and slopes of weights; 0 beyond what it sees, up to `ownUntil` keys. */
function backOne(s: usize, d: usize, seen: i32, ownAt: usize, own: i32, ownUntil: i32, stats: usize): void {
  const largest = v128.load32_splat(stats), share = v128.load32_splat(stats, 4);
  const prefixBytes = <usize>padded(seen) << 2, ownBytes = <usize>padded(own) << 2;
  fillRest(s, seen, padded(seen), -Infinity);
  fillRest(d, seen, padded(seen), 0);
  fillRest(s + ownAt, own, padded(own), -Infinity);
  fillRest(d + ownAt, own, padded(own), 0);
  weigh(s, prefixBytes, largest, share);
  weigh(s + ownAt, ownBytes, largest, share);
  let sum = dot(s, d, prefixBytes, f32x4.splat(0));
  sum = dot(s + ownAt, d + ownAt, ownBytes, sum);
  const mean = f32x4.splat(sum4(sum));
  slopes(s, d, prefixBytes, mean);
  slopes(s + ownAt, d + ownAt, ownBytes, mean);
  fillRest(s + ownAt, padded(own), ownUntil, 0);
  fillRest(d + ownAt, padded(own), ownUntil, 0);
}

/** C[keys, headDim] += Aᵀ · B, A [queries, keys]. */
// @ts-ignore: decorator
@inline
function addTransposed(
  keys: i32, headDim: i32, queries: i32, a: usize, aStride: usize, b: usize, bStride: usize, c: usize, cStride: usize, edge: usize,
): void {
  for (let key = 0; key < keys; key += TILE_ROWS) {
    const count = min(TILE_ROWS, keys - key);
    product(true, count, headDim, queries, a + (<usize>key << 2), aStride, b, bStride, c + <usize>key * cStride, cStride, true, edge);
  }
}

/** As `attendSequence`; adds to the slopes of its keys and values at `dBase`, and to those of the tokens before at `dShared`. */
function backSequence(
  tokens: i32, seen: i32, headDim: i32, stride: usize, base: usize, dBase: usize, shared: usize, dShared: usize,
  queryAt: usize, keyAt: usize, valueAt: usize, sharedKeys: usize, sharedValues: usize, ownKeys: usize, ownValues: usize,
  s: usize, d: usize, edge: usize, dOut: usize, outStride: usize, stats: usize, statsStride: usize,
): void {
  const ownAt = <usize>padded(seen) << 2;
  const sStride = ownAt + (<usize>padded(tokens) << 2);
  for (let first = 0; first < tokens; first += QUERIES) {
    const queries = min(QUERIES, tokens - first), blockEnd = first + queries;
    const q = base + <usize>first * stride + queryAt;
    const upstream = dOut + <usize>first * outStride;
    for (let i = 0; i < queries; i += TILE_ROWS) {
      const count = min(TILE_ROWS, queries - i), limit = first + i + count;
      const si = s + <usize>i * sStride, di = d + <usize>i * sStride;
      const qi = q + <usize>i * stride, upstreamI = upstream + <usize>i * outStride;
      scoresOf(count, headDim, seen, qi, stride, sharedKeys, si, sStride);
      scoresOf(count, headDim, limit, qi, stride, ownKeys, si + ownAt, sStride);
      scoresOf(count, headDim, seen, upstreamI, outStride, sharedValues, di, sStride);
      scoresOf(count, headDim, limit, upstreamI, outStride, ownValues, di + ownAt, sStride);
      for (let r = 0; r < count; r++) {
        const at = <usize>r * sStride;
        const query = first + i + r;
        backOne(si + at, di + at, seen, ownAt, query + 1, padded(blockEnd), stats + <usize>query * statsStride);
      }
      const dq = dBase + <usize>(first + i) * stride + queryAt;
      if (seen > 0) product(false, count, headDim, seen, di, sStride, shared + keyAt, stride, dq, stride, false, edge);
      product(false, count, headDim, limit, di + ownAt, sStride, base + keyAt, stride, dq, stride, seen > 0, edge);
    }
    if (seen > 0) {
      addTransposed(seen, headDim, queries, d, sStride, q, stride, dShared + keyAt, stride, edge);
      addTransposed(seen, headDim, queries, s, sStride, upstream, outStride, dShared + valueAt, stride, edge);
    }
    addTransposed(blockEnd, headDim, queries, d + ownAt, sStride, q, stride, dBase + keyAt, stride, edge);
    addTransposed(blockEnd, headDim, queries, s + ownAt, sStride, upstream, outStride, dBase + valueAt, stride, edge);
  }
}

/** As `attend`; from `dOut` comes `dx`, in the form of `x`. */
export function attendBackward(
  begin: i32, end: i32, scratch: usize, keyHeads: i32, group: i32, headDim: i32, stride: usize, x: usize, owners: i32,
  offsets: usize, longest: i32, longestPrompt: i32, starts: usize, stats: usize, dOut: usize, dx: usize,
): void {
  const headBytes = <usize>headDim << 2;
  const outStride = <usize>(keyHeads * group) * headBytes;
  const statsStride = <usize>(keyHeads * group) << 3;
  const sharedBytes = <usize>padded(longestPrompt) * headBytes, ownBytes = <usize>padded(longest) * headBytes;
  const sharedKeys = scratch, sharedValues = sharedKeys + sharedBytes;
  const ownKeys = sharedValues + sharedBytes, ownValues = ownKeys + ownBytes;
  const s = ownValues + ownBytes;
  const blockBytes = <usize>(QUERIES * (padded(longestPrompt) + padded(longest))) * 4;
  const d = s + blockBytes, edge = d + blockBytes;
  for (let unit = begin; unit < end; unit++) {
    const owner = unit / keyHeads, keyHead = unit % keyHeads;
    const firstQuery = <usize>(keyHead * (group + 2)) * headBytes;
    const keyAt = firstQuery + <usize>group * headBytes, valueAt = keyAt + headBytes;
    const sharedFrom = <usize>offsetOf(offsets, owner) * stride;
    const shared = x + sharedFrom, dShared = dx + sharedFrom;
    const seen = lengthOf(offsets, owner);
    packRows(headDim, seen, shared + keyAt, stride, sharedKeys);
    packRows(headDim, seen, shared + valueAt, stride, sharedValues);
    const rowEnd = offsetOf(starts, owner + 1);
    // The prompt itself comes before the first of its rows.
    for (let row = offsetOf(starts, owner) - 1; row < rowEnd; row++) {
      const isPrompt = row < offsetOf(starts, owner);
      const sequence = isPrompt ? owner : owners + row;
      const from = <usize>offsetOf(offsets, sequence);
      const tokens = lengthOf(offsets, sequence);
      const base = x + from * stride, dBase = dx + from * stride;
      if (!isPrompt) {
        packRows(headDim, tokens, base + keyAt, stride, ownKeys);
        packRows(headDim, tokens, base + valueAt, stride, ownValues);
      }
      for (let t = 0; t < tokens; t++) memory.fill(dBase + <usize>t * stride + keyAt, 0, 2 * headBytes);
      for (let j = 0; j < group; j++) {
        const head = <usize>(keyHead * group + j);
        backSequence(
          tokens, isPrompt ? 0 : seen, headDim, stride, base, dBase, shared, dShared,
          firstQuery + <usize>j * headBytes, keyAt, valueAt, sharedKeys, sharedValues,
          isPrompt ? sharedKeys : ownKeys, isPrompt ? sharedValues : ownValues,
          s, d, edge, dOut + from * outStride + head * headBytes, outStride, stats + from * statsStride + (head << 3), statsStride,
        );
      }
    }
  }
}
