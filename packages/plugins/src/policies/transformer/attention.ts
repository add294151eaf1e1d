import { tf } from '@dapo/core';

/**
 * Keys and values that queries look at. Heads come first, so that rows of one owner (the responses to one prompt) lie
 * side by side and share its keys without a copy.
 */
export interface Segment {
  /** [keyValueHeads, owners, keys, headDim] */
  readonly keys: tf.Tensor4D;
  /** [keyValueHeads, owners, keys, headDim] */
  readonly values: tf.Tensor4D;
  /** Added to the scores: 0, or HIDDEN where a query may not look [1, owners or 1, queries or 1, keys]. */
  readonly mask?: tf.Tensor4D;
}

/** Added to a score, it makes the weight of a key exactly 0. */
const HIDDEN = -1e9;

/**
 * softmax(q · kᵀ + mask) · v over the keys of all segments together. `queries` carry the scale.
 *
 * @param queries [keyValueHeads, rows, queries, headDim]; row r belongs to owner ⌊r · owners / rows⌋
 * @returns [keyValueHeads, rows, queries, headDim]
 */
export function attend(queries: tf.Tensor4D, segments: readonly Segment[]): tf.Tensor4D {
  const scores = segments.map(({ keys, mask }) => {
    const product = tf.matMul(byOwner(queries, keys.shape[1]), keys, false, true);
    return byOwner((mask ? tf.add(product, mask) : product) as tf.Tensor4D, queries.shape[1]);
  });
  const weights = tf.softmax(scores.length === 1 ? scores[0]! : tf.concat(scores, 3)) as tf.Tensor4D;
  const shares = segments.length === 1 ? [weights] : tf.split(weights, segments.map(({ keys }) => keys.shape[2]), 3);
  const mixed = segments.map(({ values }, i) =>
    byOwner(tf.matMul(byOwner(shares[i]! as tf.Tensor4D, values.shape[1]), values), queries.shape[1]),
  );
  return mixed.length === 1 ? mixed[0]! : (tf.addN(mixed) as tf.Tensor4D);
}

/** Rows of one owner, or owners into rows: the same numbers as [heads, owners, rows of an owner · queries, width]. */
function byOwner(x: tf.Tensor4D, owners: number): tf.Tensor4D {
  const [heads, rows, queries, width] = x.shape;
  return rows === owners ? x : tf.reshape(x, [heads, owners, (rows * queries) / owners, width]);
}

/**
 * Tokens of a pass see themselves and what stands before them.
 *
 * @param group queries of one token: the heads that share a key head
 * @returns [1, 1, tokens · group, tokens]
 */
export function causalMask(tokens: number, group: number): tf.Tensor4D {
  const mask = new Float32Array(tokens * group * tokens);
  for (let t = 0; t < tokens; t++) {
    for (let head = 0; head < group; head++) {
      const row = (t * group + head) * tokens;
      mask.fill(HIDDEN, row + t + 1, row + tokens);
    }
  }
  return tf.tensor4d(mask, [1, 1, tokens * group, tokens]);
}

/**
 * Hides the padding of keys that are shorter than the longest; nothing to hide gives no mask.
 *
 * @returns [1, owners, 1, width]
 */
export function paddingMask(lengths: readonly number[], width: number): tf.Tensor4D | undefined {
  if (lengths.every((length) => length === width)) return undefined;
  const mask = new Float32Array(lengths.length * width);
  lengths.forEach((length, owner) => mask.fill(HIDDEN, owner * width + length, (owner + 1) * width));
  return tf.tensor4d(mask, [1, lengths.length, 1, width]);
}
