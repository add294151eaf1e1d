import { stopGradient } from './stop-gradient.js';
import { tf } from './tf.js';

export interface ClipBounds {
  /** ε_low: the ratio is cut at 1 − low. */
  readonly low: number;
  /** ε_high: the ratio is cut at 1 + high. */
  readonly high: number;
}

/**
 * The clipped surrogate as a loss: −min(r · A, clip(r, 1 − ε_low, 1 + ε_high) · A)
 * (PPO, arXiv 1707.06347 eq. 7; decoupled bounds: DAPO, arXiv 2503.14476 eq. 8).
 *
 * @param ratio [responses, tokens]
 * @param advantages [responses, tokens]
 * @returns loss [responses, tokens]
 * @example clippedSurrogate([[1.5]], [[1]], { low: 0.2, high: 0.28 }) → [[-1.28]]
 */
export function clippedSurrogate(ratio: tf.Tensor2D, advantages: tf.Tensor2D, { low, high }: ClipBounds): tf.Tensor {
  const clipped = tf.clipByValue(ratio, 1 - low, 1 + high);
  return tf.neg(tf.minimum(tf.mul(ratio, advantages), tf.mul(clipped, advantages)));
}

/**
 * Where the clip binds, that is where the gradient is 0: ratio below its bound with a negative advantage, or above it
 * with a positive one. 0/1 [responses, tokens] each, constants.
 */
export function clipBinds(
  ratio: tf.Tensor2D,
  advantages: tf.Tensor2D,
  { low, high }: ClipBounds,
): { low: tf.Tensor; high: tf.Tensor } {
  const r = stopGradient(ratio);
  return {
    low: tf.cast(tf.logicalAnd(tf.less(r, 1 - low), tf.less(advantages, 0)), 'float32'),
    high: tf.cast(tf.logicalAnd(tf.greater(r, 1 + high), tf.greater(advantages, 0)), 'float32'),
  };
}
