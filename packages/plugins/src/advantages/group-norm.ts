import { definePlugin, groupDeviations, groupSizes, groupsOfOne, maskedMean, maskedSum, tf, z } from '@dapo/core';

const options = z.strictObject({
  ddof: z
    .union([z.literal(0), z.literal(1)])
    .default(1)
    .describe('1: squares divided by n − 1 (Bessel), 0: by n'),
  eps: z.number().positive().default(1e-6).describe('Added to the standard deviation'),
  scale: z
    .enum(['group', 'batch', 'none'])
    .default('group')
    .describe('Whose standard deviation divides: that of the group, of all rewards of the batch, or none'),
});
type Options = z.output<typeof options>;

/** Standard deviation over each group [groups, 1]; 1 for a group of one (as verl). */
function groupStd(deviations: tf.Tensor2D, present: tf.Tensor2D, ddof: number): tf.Tensor2D {
  const sizes = groupSizes(present);
  const variance = tf.divNoNan(tf.sum(tf.square(deviations), 1, true), tf.relu(tf.sub(sizes, ddof)));
  return tf.where(tf.equal(sizes, 1), tf.onesLike(sizes), tf.sqrt(variance)) as tf.Tensor2D;
}

/** Standard deviation over all responses of the batch. */
function batchStd(rewards: tf.Tensor2D, present: tf.Tensor2D, ddof: number): tf.Scalar {
  const squares = maskedSum(tf.square(tf.sub(rewards, maskedMean(rewards, present))), present);
  return tf.sqrt(tf.divNoNan(squares, tf.relu(tf.sub(tf.sum(present), ddof)))) as tf.Scalar;
}

/**
 * Â = (R − mean R) / (std R + eps) within each group, exactly 0 where a group's rewards are equal. A group of
 * one has mean 0 and std 1.
 *
 * @param rewards [groups, responses]
 * @param present 1 where a response stands [groups, responses]
 * @returns advantages [groups, responses]
 * @example groupNorm([[1, 0, 0, 0]], [[1, 1, 1, 1]], { ddof: 1, eps: 1e-6, scale: 'group' })
 *   → [[1.5, -0.5, -0.5, -0.5]]
 */
export function groupNorm(rewards: tf.Tensor2D, present: tf.Tensor2D, { ddof, eps, scale }: Options): tf.Tensor2D {
  const deviations = groupDeviations(rewards, present);
  if (scale === 'none') return deviations;
  const std = scale === 'group' ? groupStd(deviations, present, ddof) : batchStd(rewards, present, ddof);
  return tf.div(deviations, tf.add(std, eps));
}

export default definePlugin({
  kind: 'advantage',
  name: 'group-norm',
  summary: "A reward's distance from the mean of its group, in standard deviations of the group.",
  source: { title: 'GRPO', arxiv: '2402.03300', equation: 'section 4.1.2; DAPO (2503.14476) eq. 9' },
  departures: 'The paper leaves ddof and eps open; 1 and 1e-6 as verl. Equal rewards give exactly 0.',
  alsoKnownAs: ['GRPO', 'DAPO', 'z-score'],
  options,
  check: ({ ddof, scale }, config) =>
    groupsOfOne(
      config,
      `its advantage is its reward${scale === 'group' && ddof === 1 ? ', since ddof 1 leaves no deviation' : ''}`,
    ),
  create: (settings) => ({ estimate: ({ rewards, present }) => groupNorm(rewards, present, settings) }),
});
