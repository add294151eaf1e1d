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
}

/** Added to a score, it makes the weight of a key exactly 0. */
export const HIDDEN = -1e9;

/**
 * softmax(q · kᵀ + mask) · v over the keys of all segments together. `queries` carry the scale.
 *
 * @param queries [keyValueHeads, rows, queries, headDim]; row r belongs to owner ⌊r · owners / rows⌋
 * @param mask broadcast to [keyValueHeads, rows, queries, keys of all segments]
 * @returns [keyValueHeads, rows, queries, headDim]
 */
export function attend(queries: tf.Tensor4D, segments: readonly Segment[], mask?: tf.Tensor): tf.Tensor4D {
  const scores = segments.map(({ keys }) => perOwner(queries, keys, true));
  const joined = scores.length === 1 ? scores[0]! : tf.concat(scores, 3);
  const weights = tf.softmax(mask ? tf.add(joined, mask) : joined) as tf.Tensor4D;
  if (segments.length === 1) return perOwner(weights, segments[0]!.values, false);
  const shares = tf.split(weights, segments.map(({ keys }) => keys.shape[2]), 3);
  return tf.addN(segments.map(({ values }, i) => perOwner(shares[i]!, values, false))) as tf.Tensor4D;
}

/** One product per head and owner: left [heads, rows, m, k] × right [heads, owners, …] → [heads, rows, m, n]. */
function perOwner(left: tf.Tensor4D, right: tf.Tensor4D, transpose: boolean): tf.Tensor4D {
  const [heads, rows, m, inner] = left.shape;
  const owners = right.shape[1];
  const product = tf.matMul(tf.reshape(left, [heads, owners, (rows / owners) * m, inner]), right, false, transpose);
  return tf.reshape(product, [heads, rows, m, transpose ? right.shape[2] : right.shape[3]]);
}
