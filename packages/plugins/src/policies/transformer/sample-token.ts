import { tf, type SamplingSettings } from '@dapo/core';

/** Widest row that one cumulative sum goes over; wider ones are cut into blocks. */
const WIDEST = 256;

/**
 * Draws one token of each row, among the whole vocabulary or the nucleus of topP and topK.
 *
 * @param logProbs log-softmax at the temperature [N, V]
 * @param uniforms one number in (0, 1) a row [N, 1]
 * @returns token ids [N], int32
 */
export function sampleTokens(
  logProbs: tf.Tensor2D,
  uniforms: tf.Tensor2D,
  { temperature, topP, topK }: Omit<SamplingSettings, 'maxResponseLength'>,
): tf.Tensor1D {
  if (temperature === 0) return tf.argMax(logProbs, 1);
  const probabilities = tf.exp(logProbs);
  const vocabularySize = logProbs.shape[1];
  const candidates = topK > 0 ? Math.min(topK, vocabularySize) : vocabularySize;
  if (topP >= 1 && candidates === vocabularySize) return inverseCdf(probabilities, uniforms);
  const { values, indices } = tf.topk(probabilities, candidates);
  // The nucleus is one of the candidates alone, as transformers and vLLM take it.
  const shares: tf.Tensor2D = tf.div(values, tf.sum(values, 1, true));
  return atPlaces(indices, inverseCdf(nucleus(shares, topP), uniforms));
}

/** Falling probabilities, 0 from where those before reach topP. */
function nucleus(falling: tf.Tensor2D, topP: number): tf.Tensor2D {
  if (topP >= 1) return falling;
  const before = tf.cumsum(falling, 1, true);
  return tf.mul(falling, tf.cast(tf.less(before, topP), 'float32'));
}

/**
 * Inverse of the cumulative distribution: the first place where the weights before and at it reach u times their sum.
 * u is scaled by the sum as computed, since a float32 sum over a large vocabulary isn't 1; rows of many entries are
 * searched in two levels, block then entry, for speed and for exactness.
 *
 * @param weights ≥ 0, not normalised [N, W]
 * @param uniforms in (0, 1) [N, 1]
 * @returns places [N], int32, of a weight > 0
 */
export function inverseCdf(weights: tf.Tensor2D, uniforms: tf.Tensor2D): tf.Tensor1D {
  const [rows, width] = weights.shape;
  if (width <= WIDEST) return search(weights, uniforms).place;
  const block = Math.ceil(Math.sqrt(width));
  const blocks = Math.ceil(width / block);
  const padded = tf.pad(weights, [
    [0, 0],
    [0, block * blocks - width],
  ]);
  const cut = tf.reshape(padded, [rows * blocks, block]) as tf.Tensor2D;
  const { place, before, target } = search(tf.reshape(tf.sum(cut, 1), [rows, blocks]) as tf.Tensor2D, uniforms);
  const chosen = tf.gather(cut, flatPlaces(place, blocks));
  const share = tf.divNoNan(tf.sub(target, before), tf.sum(chosen, 1, true));
  return tf.add(
    tf.mul(place, tf.scalar(block, 'int32')),
    search(chosen, tf.clipByValue(share, 0, 1) as tf.Tensor2D).place,
  );
}

interface Found {
  /** [N], int32 */
  readonly place: tf.Tensor1D;
  /** Sum of the weights before it [N, 1]. */
  readonly before: tf.Tensor2D;
  /** u times the sum of all [N, 1]. */
  readonly target: tf.Tensor2D;
}

/** One level of the search. */
function search(weights: tf.Tensor2D, uniforms: tf.Tensor2D): Found {
  const [rows, width] = weights.shape;
  const sums: tf.Tensor2D = tf.matMul(weights, upToEach(width));
  const target: tf.Tensor2D = tf.mul(tf.slice(sums, [0, width - 1], [rows, 1]), uniforms);
  const passed = tf.cast(tf.less(tf.sub(sums, target), 0), 'float32');
  const place = tf.cast(tf.minimum(tf.sum(passed, 1), width - 1), 'int32') as tf.Tensor1D;
  return { place, before: tf.max(tf.mul(sums, passed), 1, true), target };
}

/** Ones where the row is not after the column: a product with it is a cumulative sum [W, W]. */
function upToEach(width: number): tf.Tensor2D {
  const ones = new Float32Array(width * width);
  for (let row = 0; row < width; row++) ones.fill(1, row * width + row, (row + 1) * width);
  return tf.tensor2d(ones, [width, width]);
}

/** Of each row [N, W] the entry at its place [N]. */
function atPlaces(rows: tf.Tensor2D, places: tf.Tensor1D): tf.Tensor1D {
  return tf.gather(tf.reshape(rows, [-1]), flatPlaces(places, rows.shape[1]));
}

/** Places in rows of a width → places in all rows one after another. */
function flatPlaces(places: tf.Tensor1D, width: number): tf.Tensor1D {
  const starts = Int32Array.from({ length: places.shape[0] }, (_, row) => row * width);
  return tf.add(tf.tensor1d(starts, 'int32'), places);
}
