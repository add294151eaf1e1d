import { clipCannotAct, clipMetricDeclarations, clipMetrics, definePlugin, stopGradient, tf, z } from '@dapo/core';

const options = z.strictObject({
  low: z.number().nonnegative().default(1).describe('The weight is at least 1 − low; 1 or more: no lower bound'),
  high: z.number().positive().default(0.28).describe('The weight is at most 1 + high'),
});
type Bounds = z.output<typeof options>;

/**
 * Clipped importance weights on the policy gradient: −sg[clip(r, 1 − low, 1 + high)] · A · log π. The clip
 * bounds a weight and stops no gradient, so every token goes on learning.
 *
 * @param ratio [responses, tokens]
 * @param advantages [responses, tokens]
 * @param logProbs [responses, tokens]
 * @returns loss [responses, tokens]
 * @example cispo([[2]], [[1]], [[-1]], { low: 1, high: 0.28 }) → [[1.28]]
 */
export function cispo(ratio: tf.Tensor2D, advantages: tf.Tensor2D, logProbs: tf.Tensor2D, bounds: Bounds): tf.Tensor {
  const weight = tf.clipByValue(stopGradient(ratio), 1 - bounds.low, 1 + bounds.high);
  return tf.neg(tf.mul(tf.mul(weight, advantages), logProbs));
}

/** 0/1 [responses, tokens] each: where a bound changes the weight, whatever the sign of the advantage. */
export function cispoBinds(ratio: tf.Tensor2D, { low, high }: Bounds): { low: tf.Tensor; high: tf.Tensor } {
  const r = stopGradient(ratio);
  return { low: tf.cast(tf.less(r, 1 - low), 'float32'), high: tf.cast(tf.greater(r, 1 + high), 'float32') };
}

export default definePlugin({
  kind: 'clip-rule',
  name: 'cispo',
  summary: 'Bounds the weight of a token instead of stopping its gradient: no token is left out.',
  source: { title: 'MiniMax-M1, CISPO', arxiv: '2506.13585', equation: '4, 5' },
  departures: 'none; no lower bound by default, as the paper; clip fractions count both signs of the advantage',
  alsoKnownAs: ['CISPO', 'MiniMax-M1'],
  options,
  metrics: clipMetricDeclarations,
  check: (_, config) => clipCannotAct(config),
  create: (bounds) => ({
    perToken: ({ ratio, advantages, logProbs }) => ({
      loss: cispo(ratio, advantages, logProbs, bounds),
      metrics: clipMetrics(cispoBinds(ratio, bounds)),
    }),
  }),
});
