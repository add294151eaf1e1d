import { definePlugin, groupDeviations, groupsOfOne, inside, tf } from '@dapo/core';

/**
 * R less the length-weighted mean of its group, Σ |o_i| R_i / Σ |o_i|: the baseline of least variance where a
 * response's gradient grows with its length. A group of one keeps its reward; one without a token has
 * baseline 0.
 *
 * @param rewards [groups, responses]
 * @param lengths |o| [groups, responses]
 * @param present 1 where a response stands [groups, responses]
 * @returns advantages [groups, responses]
 * @example optimalBaseline([[1, 0]], [[1, 3]], [[1, 1]]) → [[0.75, -0.25]]
 */
export function optimalBaseline(rewards: tf.Tensor2D, lengths: tf.Tensor2D, present: tf.Tensor2D): tf.Tensor {
  const weights = inside(lengths, present);
  const baseline = tf.divNoNan(tf.sum(tf.mul(weights, rewards), 1, true), tf.sum(weights, 1, true));
  return groupDeviations(rewards, present, baseline as tf.Tensor2D);
}

export default definePlugin({
  kind: 'advantage',
  name: 'optimal-baseline',
  summary: "A reward's distance from the length-weighted mean of its group: the baseline of least variance.",
  source: { title: 'OPO', arxiv: '2505.23585' },
  departures: 'none; a group of one keeps its reward, as in verl',
  alsoKnownAs: ['OPO'],
  check: (_, config) => groupsOfOne(config),
  create: () => ({ estimate: ({ rewards, lengths, present }) => optimalBaseline(rewards, lengths, present) }),
});
