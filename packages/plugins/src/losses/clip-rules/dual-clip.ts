import {
  clipBinds,
  clipCannotAct,
  clipMetricDeclarations,
  clipMetrics,
  clippedSurrogate,
  definePlugin,
  stopGradient,
  tf,
  z,
} from '@dapo/core';

const options = z.strictObject({
  low: z.number().positive().lt(1).default(0.2).describe('ε_low: how far below 1 a ratio may push its token down'),
  high: z.number().positive().default(0.28).describe('ε_high: how far above 1 a ratio may push its token up'),
  ceiling: z
    .number()
    .gt(1)
    .default(3)
    .describe('c: the ratio above which a token with a negative advantage stops counting more'),
});
type Bounds = z.output<typeof options>;

/**
 * The clipped surrogate with a second bound for negative advantages: −max(min(r·A, clip(r)·A), c·A) where A <
 * 0, else −min(r·A, clip(r)·A).
 *
 * @param ratio [responses, tokens]
 * @param advantages [responses, tokens]
 * @returns loss [responses, tokens]
 * @example dualClip([[5]], [[-1]], { low: 0.2, high: 0.28, ceiling: 3 }) → [[3]]
 */
export function dualClip(ratio: tf.Tensor2D, advantages: tf.Tensor2D, bounds: Bounds): tf.Tensor {
  const loss = clippedSurrogate(ratio, advantages, bounds);
  const bounded = tf.minimum(loss, tf.mul(advantages, -bounds.ceiling));
  return tf.where(tf.less(advantages, 0), bounded, loss);
}

/** 0/1 [responses, tokens]: where the second bound holds. */
export function dualClipBinds(ratio: tf.Tensor2D, advantages: tf.Tensor2D, { ceiling }: Bounds): tf.Tensor {
  const beyond = tf.logicalAnd(tf.greater(stopGradient(ratio), ceiling), tf.less(advantages, 0));
  return tf.cast(beyond, 'float32');
}

export default definePlugin({
  kind: 'clip-rule',
  name: 'dual-clip',
  summary: 'Clip with a ceiling for negative advantages, so that one token of a huge ratio cannot rule the update.',
  source: { title: 'Mastering Complex Control in MOBA Games', arxiv: '1912.09729' },
  departures: 'none; not part of DAPO, though verl has it on by default',
  alsoKnownAs: ['clip_ratio_c'],
  options,
  metrics: {
    ...clipMetricDeclarations,
    'dual-clip-fraction': {
      over: 'tokens',
      reduce: 'mean',
      unit: 'share',
      meaning: 'tokens held at the ceiling',
      healthy: 'below 0.01',
      worrying: 'above 0.05',
      advice: 'a lower learning rate: responses with a negative advantage have become likelier',
    },
  },
  check: (_, config) => clipCannotAct(config),
  create: (bounds) => ({
    perToken: ({ ratio, advantages }) => ({
      loss: dualClip(ratio, advantages, bounds),
      metrics: {
        ...clipMetrics(clipBinds(ratio, advantages, bounds)),
        'dual-clip-fraction': dualClipBinds(ratio, advantages, bounds),
      },
    }),
  }),
});
