import { inside } from './masked.js';
import { tf } from './tf.js';

/** exp(20) is 5e8: beyond it a ratio says nothing and its square overflows float32. */
const BOUND = 20;

/**
 * log π − log π_old, 0 outside the mask and held within ±20, so that its exponential is finite in float32 (as
 * verl).
 *
 * @param logProbs log π [responses, tokens]
 * @param oldLogProbs log π_old [responses, tokens]
 * @param mask 0/1 [responses, tokens]; outside it the inputs may be anything
 * @returns [responses, tokens]; its gradient is 0 where a bound holds
 */
export function logRatio(logProbs: tf.Tensor2D, oldLogProbs: tf.Tensor2D, mask: tf.Tensor2D): tf.Tensor2D {
  return boundedLog(inside(tf.sub<tf.Tensor2D>(logProbs, oldLogProbs), mask));
}

/** A difference of log-probs, or a sum of such, held within ±20. */
export function boundedLog<T extends tf.Tensor>(difference: T): T {
  return tf.clipByValue(difference, -BOUND, BOUND);
}
