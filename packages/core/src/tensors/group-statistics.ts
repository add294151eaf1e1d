import { inside } from './masked.js';
import { tf } from './tf.js';

/** Responses in each group: present [groups, responses] → [groups, 1]. */
export function groupSizes(present: tf.Tensor2D): tf.Tensor2D {
  return tf.sum<tf.Tensor2D>(present, 1, true);
}

/**
 * max − min over each group [groups, 1]; 0 for an empty group. Exact, where a float32 standard deviation of
 * equal numbers isn't 0.
 */
export function groupSpread(values: tf.Tensor2D, present: tf.Tensor2D): tf.Tensor2D {
  const here = tf.greater(present, 0);
  const highest = tf.max(tf.where(here, values, tf.fill(values.shape, -3e38)), 1, true);
  const lowest = tf.min(tf.where(here, values, tf.fill(values.shape, 3e38)), 1, true);
  return tf.relu(tf.sub(highest, lowest)) as tf.Tensor2D;
}

/** Mean over each group [groups, 1]; 0 for an empty group. */
export function groupMean(values: tf.Tensor2D, present: tf.Tensor2D): tf.Tensor2D {
  return tf.divNoNan<tf.Tensor2D>(tf.sum(inside(values, present), 1, true), groupSizes(present));
}

/**
 * What each response leads its group's baseline by, 0 where there is no response and exactly 0 where all
 * responses of a group of two or more are equal. A group of one has baseline 0 (as verl).
 *
 * @param values [groups, responses]
 * @param present 0/1 [groups, responses]
 * @param baseline [groups, 1]; the group's mean where left out
 * @returns [groups, responses]
 */
export function groupDeviations(
  values: tf.Tensor2D,
  present: tf.Tensor2D,
  baseline: tf.Tensor2D = groupMean(values, present),
): tf.Tensor2D {
  const alone = tf.equal(groupSizes(present), 1);
  const differs = tf.logicalOr(tf.greater(groupSpread(values, present), 0), alone);
  const lead = tf.sub(values, tf.where(alone, tf.zerosLike(baseline), baseline));
  return inside(lead, tf.mul(present, tf.cast(differs, 'float32'))) as tf.Tensor2D;
}

/**
 * One number per response out of a [groups, responses] matrix whose rows are filled from the left → [R], in
 * group order.
 *
 * @param present 0/1 [groups, responses]
 * @param groupOf the group of each response [R], int32, ascending
 */
export function perResponse(values: tf.Tensor2D, present: tf.Tensor2D, groupOf: tf.Tensor1D): tf.Tensor1D {
  const before = tf.cumsum(tf.sum(present, 1), 0, true);
  const place = tf.sub(tf.range(0, groupOf.shape[0]), tf.gather(before, groupOf));
  const index = tf.add(tf.mul(groupOf, values.shape[1]), tf.cast(place, 'int32'));
  return tf.gather<tf.Tensor1D>(tf.reshape(values, [-1]), tf.cast(index, 'int32'));
}
