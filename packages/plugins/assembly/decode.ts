// One token of each row through the whole decoder. A thread takes some rows through all layers: they stay in its cache, the
// weights stream past them, and the threads meet once a token. Each row is computed by itself, in one order of sums, so its
// bits depend neither on the rows beside it nor on who computes it.

import { attendOne } from './decode-attention';
import { finishRows, gateRows, normHead, normRows, packedProduct, padded, turnHead } from './decode-parts';
import { EXPONENTIAL_BYTES, putConstants } from './exponential';
import { TILE_ROWS } from './tile';

export { packWeights } from './decode-parts';

/** Rows that go through the layers together: a multiple of the tiles' rows in every form. */
const BLOCK_ROWS: i32 = 96;

/** Sizes and addresses of a step, in the order that src/backends/wasm/fused/decode.ts writes them. */
@unmanaged
class Step {
  epsilon: f32;
  layers: i32;
  /** Of the residual stream. */
  width: i32;
  keyHeads: i32;
  /** Query heads to a key head. */
  group: i32;
  headDim: i32;
  /** Width of the feed-forward part. */
  inner: i32;
  /** Whether queries, keys and values get biases, and norms. */
  biased: i32;
  normed: i32;
  rows: i32;
  /** Six int32 a row: token, position, place in the cache, tokens there, place in the prompts, tokens there. */
  table: usize;
  embedding: usize;
  /** Of each layer: projection, its bias, gains of the heads' norms, output, gate, up, down. */
  weights: usize;
  /** A row a position, of group + 1 heads: the queries' with the scale of the scores, and the key's. */
  cos: usize;
  sin: usize;
  /** Of each layer and place: keys, then values, of `capacity` tokens. */
  cache: usize;
  places: i32;
  capacity: i32;
  prompts: usize;
  promptPlaces: i32;
  promptCapacity: i32;
  gain: usize;
  out: usize;
}

// @ts-ignore: decorator
@inline
function projection(step: Step): i32 {
  return step.keyHeads * (step.group + 2) * step.headDim;
}

// @ts-ignore: decorator
@inline
function headBytes(headDim: i32): usize {
  return <usize>((headDim + 3) & ~3) << 2;
}

/** Bytes of scratch memory of `decode`. */
export function decodeScratch(address: usize): usize {
  const step = changetype<Step>(address);
  const row = 2 * padded(step.width) + padded(projection(step)) + padded(step.keyHeads * step.group * step.headDim) + 2 * padded(step.inner);
  return EXPONENTIAL_BYTES + (<usize>(BLOCK_ROWS * row + step.promptCapacity + step.capacity + 32) << 2);
}

/** Keys of one place and layer, `part` bytes, and as many of values. */
// @ts-ignore: decorator
@inline
function placeOf(cache: usize, places: i32, layer: i32, place: i32, part: usize): usize {
  return cache + <usize>(layer * places + place) * 2 * part;
}

/** Takes a row's key and value of one key head, turned, into the cache, and turns its queries in place. */
function takeHead(step: Step, x: usize, gains: usize, cos: usize, sin: usize, key: usize, value: usize): void {
  const headDim = step.headDim, bytes = <usize>headDim << 2;
  const end = <usize>step.group * bytes;
  for (let at: usize = 0; at <= end; at += bytes) {
    if (step.normed) normHead(headDim, step.epsilon, x + at, gains + at);
    turnHead(headDim, x + at, cos + at, sin + at, at < end ? x + at : key);
  }
  memory.copy(value, x + end + bytes, bytes);
  for (let at = bytes; at < headBytes(headDim); at += 4) {
    store<f32>(key + at, 0);
    store<f32>(value + at, 0);
  }
}

/** Attention of `rows` rows from `first` on: `x` holds of each key head its queries, key and value. */
function attendRows(step: Step, layer: i32, first: i32, rows: i32, x: usize, gains: usize, scores: usize, constants: usize, out: usize): void {
  const keyHeads = step.keyHeads, group = step.group, headDim = step.headDim;
  const bytes = headBytes(headDim), unpadded = <usize>headDim << 2;
  const stride = <usize>keyHeads * bytes;
  const part = <usize>step.capacity * stride, promptPart = <usize>step.promptCapacity * stride;
  const xStride = <usize>padded(projection(step)) << 2;
  const outStride = <usize>padded(keyHeads * group * headDim) << 2;
  const tableStride = <usize>(group + 1) * unpadded;
  for (let row = 0; row < rows; row++) {
    const facts = step.table + <usize>(first + row) * 24;
    const turn = <usize>load<i32>(facts, 4) * tableStride;
    const before = load<i32>(facts, 12), seen = load<i32>(facts, 20);
    let cache = placeOf(step.cache, step.places, layer, load<i32>(facts, 8), part);
    let prompt = placeOf(step.prompts, step.promptPlaces, layer, load<i32>(facts, 16), promptPart);
    let head = x + <usize>row * xStride, to = out + <usize>row * outStride;
    const newest = <usize>before * stride;
    for (let keyHead = 0; keyHead < keyHeads; keyHead++) {
      takeHead(step, head, gains, step.cos + turn, step.sin + turn, cache + newest, cache + part + newest);
      for (let j = 0; j < group; j++) {
        attendOne(head, prompt, prompt + promptPart, seen, cache, cache + part, before + 1, bytes, stride, scores, constants, to);
        head += unpadded;
        to += unpadded;
      }
      head += 2 * unpadded;
      cache += bytes;
      prompt += bytes;
    }
  }
}

/** Rows of `columns` values into rows with padding; where `table` is given, those of its tokens, otherwise one for all. */
function spread(rows: i32, columns: i32, from: usize, table: usize, to: usize): void {
  const bytes = <usize>columns << 2, stride = <usize>padded(columns) << 2;
  for (let row = 0; row < rows; row++) {
    const at = table == 0 ? 0 : <usize>load<i32>(table + <usize>row * 24) * bytes;
    memory.copy(to, from + at, bytes);
    memory.fill(to + bytes, 0, stride - bytes);
    to += stride;
  }
}

function decodeBlock(step: Step, first: i32, rows: i32, scratch: usize): void {
  const width = step.width, inner = step.inner, projected = projection(step), heads = step.keyHeads * step.group * step.headDim;
  const stride = <usize>padded(width) << 2, headsStride = <usize>padded(heads) << 2, innerStride = <usize>padded(inner) << 2;
  const projectedStride = <usize>padded(projected) << 2;
  const constants = scratch;
  const x = constants + EXPONENTIAL_BYTES;
  const unit = x + <usize>BLOCK_ROWS * stride;
  const queries = unit + <usize>BLOCK_ROWS * stride;
  const attended = queries + <usize>BLOCK_ROWS * projectedStride;
  const gate = attended + <usize>BLOCK_ROWS * headsStride + 16;
  const up = gate + <usize>BLOCK_ROWS * innerStride;
  const scores = up + <usize>BLOCK_ROWS * innerStride;
  putConstants(constants);
  spread(rows, width, step.embedding, step.table + <usize>first * 24, x);
  let weights = step.weights;
  for (let layer = 0; layer < step.layers; layer++) {
    const bias = weights + (<usize>(width * padded(projected)) << 2);
    const gains = bias + projectedStride;
    const output = gains + (<usize>padded((step.group + 1) * step.headDim) << 2);
    normRows(rows, width, step.epsilon, x, unit);
    if (step.biased) spread(rows, projected, bias, 0, queries);
    packedProduct(rows, width, projected, unit, stride, weights, queries, step.biased != 0);
    attendRows(step, layer, first, rows, queries, gains, scores, constants, attended);
    weights = packedProduct(rows, heads, width, attended, headsStride, output, x, true);
    normRows(rows, width, step.epsilon, x, unit);
    weights = packedProduct(rows, width, inner, unit, stride, weights, gate, false);
    weights = packedProduct(rows, width, inner, unit, stride, weights, up, false);
    gateRows(<usize>rows * innerStride, constants, gate, up);
    weights = packedProduct(rows, inner, width, gate, innerStride, weights, x, true);
  }
  finishRows(rows, width, step.epsilon, x, step.gain, step.out + (<usize>(first * width) << 2));
}

/** The units are tiles of rows; `address` is that of a Step. */
export function decode(begin: i32, end: i32, scratch: usize, address: usize): void {
  const step = changetype<Step>(address);
  const last = min(end * TILE_ROWS, step.rows);
  for (let first = begin * TILE_ROWS; first < last; first += BLOCK_ROWS) {
    decodeBlock(step, first, min(BLOCK_ROWS, last - first), scratch);
  }
}

/**
 * Keys and values of prompts, as a pass over them leaves them in one layer: `x` holds of each token and key head its queries,
 * key and value. `table` has three int32 a prompt: its place, its first token and how many it has. The units are prompts.
 */
export function storePrompts(
  begin: i32, end: i32, scratch: usize, keyHeads: i32, group: i32, headDim: i32, x: usize, table: usize,
  prompts: usize, places: i32, capacity: i32, layer: i32,
): void {
  const unpadded = <usize>headDim << 2, bytes = headBytes(headDim);
  const part = <usize>(capacity * keyHeads) * bytes;
  for (let prompt = begin; prompt < end; prompt++) {
    const facts = table + <usize>prompt * 12;
    let key = placeOf(prompts, places, layer, load<i32>(facts), part);
    let head = x + <usize>(load<i32>(facts, 4) * keyHeads * (group + 2)) * unpadded;
    for (let i = load<i32>(facts, 8) * keyHeads; i > 0; i--) {
      const from = head + <usize>group * unpadded;
      memory.copy(key, from, unpadded);
      memory.copy(key + part, from + unpadded, unpadded);
      memory.fill(key + unpadded, 0, bytes - unpadded);
      memory.fill(key + part + unpadded, 0, bytes - unpadded);
      head += <usize>(group + 2) * unpadded;
      key += bytes;
    }
  }
}
