import { tf } from './tf.js';

/**
 * Σ mask · x / Σ mask over all elements; 0 for an empty mask.
 *
 * @param x any shape
 * @param mask 0/1, same shape
 */
export function maskedMean(x: tf.Tensor, mask: tf.Tensor): tf.Scalar {
  return tf.divNoNan<tf.Scalar>(maskedSum(x, mask), tf.sum(mask));
}

/** Σ of x where mask is 1. What lies outside the mask may be anything, NaN included. */
export function maskedSum(x: tf.Tensor, mask: tf.Tensor): tf.Scalar {
  return tf.sum<tf.Scalar>(inside(x, mask));
}

/** x where mask is 1, else 0: by selection, so that NaN or infinity outside the mask doesn't leak as 0 · NaN. */
export function inside<T extends tf.Tensor>(x: T, mask: tf.Tensor): T {
  return tf.where(tf.greater(mask, 0), x, tf.zerosLike(x));
}

/**
 * Σ over each row's mask [R, T] → [R, 1].
 */
export function rowSum(x: tf.Tensor2D, mask: tf.Tensor2D): tf.Tensor2D {
  return tf.sum<tf.Tensor2D>(inside(x, mask), 1, true);
}
