import { clipCannotAct, definePlugin, logRatio, rowSum, tf, z } from '@dapo/core';

const options = z.strictObject({
  threshold: z
    .number()
    .nonnegative()
    .default(0.5)
    .describe('Nats per token by which a response may have become less likely since it was sampled'),
  countsFiltered: z.boolean().default(true).describe('Whether a token put out still counts in the normaliser'),
});

/** What a response is judged by. Matrices are [responses, tokens]. */
export interface DriftInputs {
  /** log π of the weights that sampled. */
  readonly behaviourLogProbs: tf.Tensor2D;
  /** log π of the current weights. */
  readonly logProbs: tf.Tensor2D;
  readonly advantages: tf.Tensor2D;
  readonly mask: tf.Tensor2D;
}

/**
 * 0 where A < 0 and (1/|o|) Σ_t log(π_behaviour / π) > δ over the response's tokens, else 1; a response without a token
 * is kept.
 *
 * @returns 0/1 [responses, tokens]
 * @example nearResponses({ behaviourLogProbs: [[-1, -1]], logProbs: [[-2, -2]], advantages: [[-1, -1]], mask }, 0.5) → [[0, 0]]
 */
export function nearResponses(inputs: DriftInputs, threshold: number): tf.Tensor2D {
  const { behaviourLogProbs, logProbs, advantages, mask } = inputs;
  const drift = rowSum(logRatio(behaviourLogProbs, logProbs, mask), mask);
  const mean = tf.div(drift, tf.maximum(tf.sum(mask, 1, true), 1));
  const putOut = tf.logicalAnd(tf.less(advantages, 0), tf.greater(mean, threshold));
  return tf.sub(1, tf.cast(putOut, 'float32'));
}

export default definePlugin({
  kind: 'filter',
  name: 'off-policy-sequence-mask',
  summary: 'Takes bad responses out of the loss that the current weights have drifted too far from.',
  source: { title: 'DeepSeek-V3.2, off-policy sequence masking', arxiv: '2512.02556' },
  departures:
    'Judged once per mini-batch before its update, as TRL does; the KL term is masked as well, which the paper leaves in.',
  alsoKnownAs: ['OPSM', 'off_policy_mask_threshold'],
  options,
  needs: ['current-log-probs'],
  check: (_, config) => clipCannotAct(config, 'the mask'),
  create: ({ threshold, countsFiltered }) => ({
    level: 'token',
    countsFiltered,
    select: ({ logProbs, ...inputs }) => nearResponses({ ...inputs, logProbs: logProbs! }, threshold),
  }),
});
