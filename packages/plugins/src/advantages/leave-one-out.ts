import { definePlugin, groupDeviations, groupSizes, groupsOfOne, tf } from '@dapo/core';

/**
 * R_i less the mean of the other rewards of its group: (R_i − mean R) · n / (n − 1). A group of one keeps its
 * reward.
 *
 * @param rewards [groups, responses]
 * @param present 1 where a response stands [groups, responses]
 * @returns advantages [groups, responses]
 * @example leaveOneOut([[1, 0, 0]], [[1, 1, 1]]) → [[1, -0.5, -0.5]]
 */
export function leaveOneOut(rewards: tf.Tensor2D, present: tf.Tensor2D): tf.Tensor {
  const sizes = groupSizes(present);
  const factor = tf.div(sizes, tf.maximum(tf.sub(sizes, 1), 1));
  return tf.mul(groupDeviations(rewards, present), factor);
}

export default definePlugin({
  kind: 'advantage',
  name: 'leave-one-out',
  summary: "A reward's distance from the mean of the other rewards of its group: an unbiased baseline.",
  source: { title: 'RLOO for language models', arxiv: '2402.14740' },
  departures: 'none; a group of one keeps its reward, as in verl',
  alsoKnownAs: ['RLOO'],
  check: (_, config) => groupsOfOne(config),
  create: () => ({ estimate: ({ rewards, present }) => leaveOneOut(rewards, present) }),
});
