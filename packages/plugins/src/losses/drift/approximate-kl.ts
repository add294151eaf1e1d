import { type MetricDeclarations, tf } from '@dapo/core';

/** What a loss reports of how far the policy has moved; the guard kl-spike watches it. */
export const approximateKlDeclaration: MetricDeclarations = {
  'approximate-kl': {
    over: 'tokens',
    reduce: 'mean',
    unit: 'nats',
    meaning: 'KL(old ‖ current) by k3',
    healthy: '0.0001 to 0.02',
    worrying: 'above 0.1',
    advice: 'a lower learning rate, fewer updates a rollout, or the guard kl-spike',
  },
};

/**
 * KL(old ‖ current) of tokens that the old policy sampled: r − 1 − log r ≥ 0.
 *
 * @param logRatios log r [responses, tokens]
 * @returns [responses, tokens]
 * @example approximateKl([[0.6931]]) → [[0.3069]]
 */
export function approximateKl(logRatios: tf.Tensor2D): tf.Tensor2D {
  return tf.sub(tf.sub(tf.exp(logRatios), 1), logRatios);
}
