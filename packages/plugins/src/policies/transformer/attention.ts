import { tf } from '@dapo/core';

/**
 * Keys and values that queries look at. Heads come first, so that the rows of one owner (the responses to one prompt)
 * lie side by side and share its keys without a copy: row r belongs to owner ⌊r · owners / rows⌋, unless seats say else.
 */
export interface Segment {
  /** [keyValueHeads, owners, keys, headDim] */
  readonly keys: tf.Tensor4D;
  /** [keyValueHeads, owners, keys, headDim] */
  readonly values: tf.Tensor4D;
  /** Added to the scores: 0, or HIDDEN where a query may not look [1, owners or 1, queries or 1, keys]. */
  readonly mask?: tf.Tensor4D;
  readonly seats?: Seats;
}

/** Places for the rows of owners that have different numbers of rows: every owner has equally many, some are empty. */
export interface Seats {
  /** [rows], int32 */
  readonly seatOf: tf.Tensor1D;
  /** The row in a seat, any row where it is empty [owners · seats of an owner], int32. */
  readonly rowIn: tf.Tensor1D;
}

/** Added to a score, it makes the weight of a key exactly 0. */
const HIDDEN = -1e9;

/**
 * softmax(q · kᵀ + mask) · v over the keys of all segments together. `queries` carry the scale.
 *
 * @param queries [keyValueHeads, rows, queries, headDim]
 * @returns [keyValueHeads, rows, queries, headDim]
 */
export function attend(queries: tf.Tensor4D, segments: readonly Segment[]): tf.Tensor4D {
  const scores = segments.map((segment) =>
    byOwner(segment, queries, (seated) => {
      const product = tf.matMul(seated, segment.keys, false, true);
      return segment.mask ? tf.add(product, segment.mask) : product;
    }),
  );
  const weights: tf.Tensor = tf.softmax(scores.length === 1 ? scores[0]! : tf.concat(scores, 3));
  const shares =
    segments.length === 1
      ? [weights]
      : tf.split(
          weights,
          segments.map(({ keys }) => keys.shape[2]),
          3,
        );
  const mixed = segments.map((segment, i) =>
    byOwner(segment, shares[i]!, (seated) => tf.matMul(seated, segment.values)),
  );
  return (mixed.length === 1 ? mixed[0]! : tf.addN(mixed)) as tf.Tensor4D;
}

/** Applies a product to the rows of each owner together: x [heads, rows, queries, width] → [heads, rows, queries, …]. */
function byOwner({ keys, seats }: Segment, x: tf.Tensor, product: (seated: tf.Tensor) => tf.Tensor): tf.Tensor {
  const [heads, , queries] = x.shape;
  const owners = keys.shape[1];
  const seated = seats ? tf.gather(x, seats.rowIn, 1) : x;
  const places = seated.shape[1]!;
  const result = product(tf.reshape(seated, [heads!, owners, (places / owners) * queries!, x.shape[3]!]));
  const bySeat = tf.reshape(result, [heads!, places, queries!, -1]);
  return seats ? tf.gather(bySeat, seats.seatOf, 1) : bySeat;
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
