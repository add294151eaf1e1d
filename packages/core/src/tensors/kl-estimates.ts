import { boundedLog } from './log-ratio.js';
import { inside } from './masked.js';
import { stopGradient } from './stop-gradient.js';
import { tf } from './tf.js';

/** Estimate of KL(π ‖ π_ref) per token out of d = log π − log π_ref [responses, tokens]. */
export type KlEstimate = (difference: tf.Tensor2D) => tf.Tensor2D;

/** k2 = d² / 2: its gradient is the one of the KL divergence itself, in expectation. */
export const squaredDifference: KlEstimate = (d) => tf.mul<tf.Tensor2D>(tf.square(d), 0.5);

/** How an estimate's gradient is taken. */
export interface KlGradient {
  /** The estimate's value with the gradient of k2. */
  readonly straightThrough: boolean;
  /**
   * Times the ratio π / π_old, which makes value and gradient unbiased for tokens that other weights sampled.
   */
  readonly timesRatio: boolean;
}

export interface KlEstimateInputs {
  readonly logProbs: tf.Tensor2D;
  readonly referenceLogProbs: tf.Tensor2D;
  readonly ratio: tf.Tensor2D;
  readonly mask: tf.Tensor2D;
}

/**
 * A KL estimate over the mask, 0 outside it. d is held within ±20.
 *
 * @returns [responses, tokens]
 */
export function klPerToken(
  estimate: KlEstimate,
  { logProbs, referenceLogProbs, ratio, mask }: KlEstimateInputs,
  { straightThrough, timesRatio }: KlGradient,
): tf.Tensor2D {
  const difference = boundedLog(inside(tf.sub<tf.Tensor2D>(logProbs, referenceLogProbs), mask));
  let value = estimate(difference);
  if (straightThrough) {
    const guide = squaredDifference(difference);
    value = tf.add<tf.Tensor2D>(stopGradient(tf.sub(value, guide)), guide);
  }
  return inside(timesRatio ? tf.mul<tf.Tensor2D>(ratio, value) : value, mask);
}
