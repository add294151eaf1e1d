import { boundedLog, logRatio } from './log-ratio.js';
import { inside, rowSum } from './masked.js';
import { tf } from './tf.js';

export interface ImportanceInputs {
  readonly oldLogProbs: tf.Tensor2D;
  readonly behaviourLogProbs: tf.Tensor2D;
  readonly mask: tf.Tensor2D;
}

/**
 * How much likelier the old policy makes a token than the behaviour policy that sampled it: π_old /
 * π_behaviour, or the product of these over its response. 0 outside the mask; the logarithm is held within
 * ±20.
 *
 * @param level token, or sequence: one weight on all tokens of a response
 * @returns [responses, tokens]
 */
export function importanceWeights(
  { oldLogProbs, behaviourLogProbs, mask }: ImportanceInputs,
  level: 'token' | 'sequence',
): tf.Tensor2D {
  const perToken = logRatio(oldLogProbs, behaviourLogProbs, mask);
  const log = level === 'token' ? perToken : tf.mul(boundedLog(rowSum(perToken, mask)), tf.onesLike(mask));
  return inside(tf.exp(log) as tf.Tensor2D, mask);
}
