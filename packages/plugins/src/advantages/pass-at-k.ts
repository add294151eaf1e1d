import { definePlugin, groupSizes, groupsOfOne, inside, tf, z } from '@dapo/core';

const options = z.strictObject({
  norm: z.boolean().default(true).describe("Divide by the standard deviation of the group's rewards"),
  ddof: z
    .union([z.literal(0), z.literal(1)])
    .default(1)
    .describe('1: squares divided by n − 1 (Bessel), 0: by n'),
  eps: z.number().positive().default(1e-6).describe('Added to the standard deviation'),
});
type Options = z.output<typeof options>;

/** Stands below every reward. */
const NOWHERE = -3e38;

/** Largest of each row [groups, 1], over where `here` is 1. */
function rowMaximum(values: tf.Tensor2D, here: tf.Tensor2D): tf.Tensor2D {
  return tf.max<tf.Tensor2D>(tf.where(tf.greater(here, 0), values, tf.fill(values.shape, NOWHERE)), 1, true);
}

/**
 * Only the best response of a group has an advantage: its lead over the second best, (R_(1) − R_(2)) / (std R
 * + eps). It is 0 for all where two share the best place, and in a group of one.
 *
 * @param rewards [groups, responses]
 * @param present 1 where a response stands [groups, responses]
 * @returns advantages [groups, responses]
 * @example passAtK([[1, 0.25, 0]], [[1, 1, 1]], { norm: false, … }) → [[0.75, 0, 0]]
 */
export function passAtK(rewards: tf.Tensor2D, present: tf.Tensor2D, { norm, ddof, eps }: Options): tf.Tensor {
  const best = rowMaximum(rewards, present);
  const isBest = tf.mul<tf.Tensor2D>(tf.cast(tf.equal(rewards, best), 'float32'), present);
  const rest = tf.sub<tf.Tensor2D>(present, isBest);
  const contested = tf.logicalAnd(tf.equal(tf.sum(isBest, 1, true), 1), tf.greater(tf.sum(rest, 1, true), 0));
  const lead = tf.where(contested, tf.sub(best, rowMaximum(rewards, rest)), tf.zerosLike(best));
  const credit = tf.mul(isBest, lead);
  if (!norm) return credit;
  const sizes = groupSizes(present);
  const deviations = inside(tf.sub(rewards, tf.divNoNan(tf.sum(inside(rewards, present), 1, true), sizes)), present);
  const variance = tf.divNoNan(tf.sum(tf.square(deviations), 1, true), tf.relu(tf.sub(sizes, ddof)));
  return tf.div(credit, tf.add(tf.sqrt(variance), eps));
}

export default definePlugin({
  kind: 'advantage',
  name: 'pass-at-k',
  summary: 'Rewards only the best response of a group, by its lead over the second best.',
  source: { title: 'Optimizing pass at k with policy gradients', arxiv: '2503.19595' },
  departures: 'Division by the standard deviation is verl’s; a group of one has advantage 0.',
  alsoKnownAs: ['GRPO_PASSK', 'pass@k'],
  options,
  check: (_, config) => groupsOfOne(config, 'its advantage is 0, and nothing is learned'),
  create: (settings) => ({ estimate: ({ rewards, present }) => passAtK(rewards, present, settings) }),
});
