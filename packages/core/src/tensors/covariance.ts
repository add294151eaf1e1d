import { maskedMean } from './masked.js';
import { tf } from './tf.js';

/**
 * What each token adds to the covariance of advantage and log-prob over the mask:
 * (A − mean A) · (log π − mean log π) [responses, tokens].
 */
export function covarianceTerms(advantages: tf.Tensor2D, logProbs: tf.Tensor2D, mask: tf.Tensor2D): tf.Tensor2D {
  const [a, l] = [maskedMean(advantages, mask), maskedMean(logProbs, mask)];
  return tf.mul(tf.sub(advantages, a), tf.sub(logProbs, l));
}
