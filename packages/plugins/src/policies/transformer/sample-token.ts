import { tf, type SamplingSettings } from '@dapo/core';

/** Widest row that one cumulative sum goes over; wider ones are cut into blocks. */
const WIDEST = 256;

/**
 * Draws one token of each row, among the whole vocabulary or the nucleus of topP and topK.
 *
 * @param logProbs log-softmax at the temperature [N, V]
 * @param uniforms one number in (0, 1) a row [N]
 * @returns token ids [N], int32
 */
export function sampleTokens(
  logProbs: tf.Tensor2D,
  uniforms: tf.Tensor1D,
  { temperature, topP, topK }: Omit<SamplingSettings, 'maxResponseLength'>,
): tf.Tensor1D {
  if (temperature === 0) return tf.argMax(logProbs, 1) as tf.Tensor1D;
  const probabilities = tf.exp(logProbs) as tf.Tensor2D;
  const vocabularySize = logProbs.shape[1];
  const candidates = topK > 0 ? Math.min(topK, vocabularySize) : vocabularySize;
  if (topP >= 1 && candidates === vocabularySize) return inverseCdf(probabilities, uniforms);
  const { values, indices } = tf.topk(probabilities, candidates);
  const place = inverseCdf(nucleus(values as tf.Tensor2D, topP), uniforms);
  return atPlaces(indices as tf.Tensor2D, place);
}

/** Falling probabilities, 0 from where those before reach topP of the whole. */
function nucleus(falling: tf.Tensor2D, topP: number): tf.Tensor2D {
  if (topP >= 1) return falling;
  const before = tf.cumsum(falling, 1, true);
  return tf.mul(falling, tf.cast(tf.less(before, topP), 'float32'));
}

/** Of each row [N, W] the entry at its place [N]. */
function atPlaces(rows: tf.Tensor2D, places: tf.Tensor1D): tf.Tensor1D {
  const [count, width] = rows.shape;
  const flat = tf.add(tf.mul(tf.range(0, count, 1, 'int32'), width), places);
  return tf.gather(tf.reshape(rows, [-1]), flat.toInt()) as tf.Tensor1D;
}

/**
 * Inverse of the cumulative distribution: the first place where the weights before and at it reach u times their sum.
 * u is scaled by the sum as computed, since a float32 sum over a large vocabulary isn't 1; rows of many entries are
 * searched in two levels, block then entry, for speed and for exactness.
 *
 * @param weights ≥ 0, not normalised [N, W]
 * @param uniforms in (0, 1) [N]
 * @returns places [N], int32, of a weight > 0
 */
export function inverseCdf(weights: tf.Tensor2D, uniforms: tf.Tensor1D): tf.Tensor1D {
  const [rows, width] = weights.shape;
  const u = tf.reshape(uniforms, [rows, 1]);
  if (width <= WIDEST) return search(weights, u).place;
  const block = Math.ceil(Math.sqrt(width));
  const blocks = Math.ceil(width / block);
  const padded = tf.pad(weights, [[0, 0], [0, block * blocks - width]]);
  const cut = tf.reshape(padded, [rows * blocks, block]) as tf.Tensor2D;
  const { place, share } = search(tf.reshape(tf.sum(cut, 1), [rows, blocks]) as tf.Tensor2D, u);
  const chosen = tf.gather(cut, tf.add(tf.mul(tf.range(0, rows, 1, 'int32'), blocks), place).toInt()) as tf.Tensor2D;
  return tf.add(tf.mul(place, block), search(chosen, share).place).toInt() as tf.Tensor1D;
}

/** One level: the place [N], and how far u reaches into its weight [N, 1], 0 to 1. */
function search(weights: tf.Tensor2D, u: tf.Tensor): { place: tf.Tensor1D; share: tf.Tensor } {
  const [rows, width] = weights.shape;
  const sums = tf.matMul(weights, upToEach(width));
  const target = tf.mul(tf.slice(sums, [0, width - 1], [rows, 1]), u);
  const passed = tf.cast(tf.less(sums, target), 'float32');
  const place = tf.minimum(tf.sum(passed, 1), width - 1).toInt() as tf.Tensor1D;
  const before = tf.max(tf.mul(sums, passed), 1, true);
  const own = tf.sum(tf.mul(weights, tf.cast(tf.oneHot(place, width), 'float32')), 1, true);
  return { place, share: tf.clipByValue(tf.divNoNan(tf.sub(target, before), own), 0, 1) };
}

/** Ones where the row is not after the column: a product with it is a cumulative sum [W, W]. */
function upToEach(width: number): tf.Tensor2D {
  return tf.linalg.bandPart(tf.ones([width, width]), 0, -1) as tf.Tensor2D;
}
