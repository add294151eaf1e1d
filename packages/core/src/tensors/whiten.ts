import { inside, maskedMean, maskedSum } from './masked.js';
import { tf } from './tf.js';

/**
 * (x − mean) / sqrt(var + eps) over all elements inside the mask, 0 outside. Equal elements give exactly 0.
 *
 * @param x any shape
 * @param mask 0/1, same shape
 * @param options ddof: 1 divides the squares by n − 1, 0 by n
 */
export function whiten<T extends tf.Tensor>(x: T, mask: T, { ddof, eps }: { ddof: number; eps: number }): T {
  const deviation = tf.sub(x, maskedMean(x, mask));
  const freedom = tf.relu(tf.sub(tf.sum(mask), ddof));
  const variance = tf.divNoNan(maskedSum(tf.square(deviation), mask), freedom);
  const here = tf.greater(mask, 0);
  const highest = tf.max(tf.where(here, x, tf.fill(x.shape, -3e38)));
  const lowest = tf.min(tf.where(here, x, tf.fill(x.shape, 3e38)));
  const differs = tf.cast(tf.greater(highest, lowest), 'float32');
  const scaled = tf.div(deviation, tf.sqrt(tf.add(variance, eps)));
  return inside(tf.mul<T>(scaled, differs), mask);
}
