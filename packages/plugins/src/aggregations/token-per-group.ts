import { definePlugin, tf, z } from '@dapo/core';

const options = z.strictObject({
  count: z
    .enum(['non-empty', 'all'])
    .default('non-empty')
    .describe('What the outer mean divides by: groups that have a token, or all groups'),
});

export interface GroupedTokens {
  /** 1 where a token carries loss [responses, tokens]. */
  readonly mask: tf.Tensor2D;
  /** 1 where a token counts in the normaliser [responses, tokens]. */
  readonly counted: tf.Tensor2D;
  /** The group of each response [responses], int32. */
  readonly groupOf: tf.Tensor1D;
  readonly groups: number;
}

/**
 * The mean over groups of one token mean per group: 1/N · mask / Σ_i |o_i| over the group.
 *
 * @returns weights [responses, tokens]
 * @example tokenPerGroupWeights({ mask: [[1, 0], [1, 1], [1, 1]], groupOf: [0, 0, 1], groups: 2, … }, 'all')
 *   → [[1/6, 0], [1/6, 1/6], [1/4, 1/4]]
 */
export function tokenPerGroupWeights(
  { mask, counted, groupOf, groups }: GroupedTokens,
  count: 'non-empty' | 'all',
): tf.Tensor {
  const member = tf.cast(
    tf.equal(tf.expandDims(groupOf, 1), tf.range(0, groups, 1, 'int32')),
    'float32',
  ) as tf.Tensor2D;
  const tokens = tf.matMul(member, tf.sum<tf.Tensor2D>(counted, 1, true), true);
  const outer = count === 'all' ? tf.scalar(groups) : tf.sum(tf.cast(tf.greater(tokens, 0), 'float32'));
  return tf.divNoNan(tf.divNoNan(mask, tf.matMul(member, tokens)), outer);
}

export default definePlugin({
  kind: 'aggregation',
  name: 'token-per-group',
  summary: 'One token mean per prompt group and the mean of those, so that groups weigh the same.',
  source: { title: 'DAPO, token-level loss', arxiv: '2503.14476', equation: '8' },
  departures: 'none: this is the formula as printed; groups without a token are left out unless count is all',
  options,
  create: ({ count }) => ({ weights: (inputs) => tokenPerGroupWeights(inputs, count) }),
});
