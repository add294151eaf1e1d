import { definePlugin, groupMatrix, groupSpread, inside, responseLength, tf, z } from '@dapo/core';
import type { Group } from '@dapo/core';

const options = z.strictObject({
  factor: z.number().positive().default(1).describe('What the shortest right response gains over the longest'),
});

/**
 * λ = 0.5 − (|o| − shortest) / (longest − shortest) within each group; a right response gets λ, a wrong one
 * min(0, λ), and all get 0 where the lengths are equal.
 *
 * @param lengths |o| [groups, responses]
 * @param correct 1 where the answer is right [groups, responses]
 * @param present 1 where a response stands [groups, responses]
 * @returns [groups, responses]
 * @example lengthReward([[2, 4, 6]], [[1, 1, 0]], [[1, 1, 1]]) → [[0.5, 0, -0.5]]
 */
export function lengthReward(lengths: tf.Tensor2D, correct: tf.Tensor2D, present: tf.Tensor2D): tf.Tensor2D {
  const spread = groupSpread(lengths, present);
  const shortest = tf.min(tf.where(tf.greater(present, 0), lengths, tf.fill(lengths.shape, 3e38)), 1, true);
  const preference = tf.sub<tf.Tensor2D>(0.5, tf.divNoNan(tf.sub(lengths, shortest), spread));
  const reward = tf.where(tf.greater(correct, 0), preference, tf.minimum(preference, 0));
  return inside(reward, tf.mul(present, tf.cast(tf.greater(spread, 0), 'float32'))) as tf.Tensor2D;
}

async function rewardsOf(groups: readonly Group[]): Promise<{ values: Float32Array; width: number }> {
  const result = tf.tidy(() => {
    const { values, present } = groupMatrix(groups, responseLength);
    return lengthReward(values, groupMatrix(groups, ({ correct }) => (correct ? 1 : 0)).values, present);
  });
  const values = (await result.data()) as Float32Array;
  result.dispose();
  return { values, width: result.shape[1] };
}

export default definePlugin({
  kind: 'reward',
  name: 'length-penalty',
  role: 'shaping',
  summary: 'Prefers the shorter of the right responses of a group, and punishes long wrong ones.',
  source: { title: 'Kimi k1.5', arxiv: '2501.12599', equation: 'section 2.3.3' },
  departures: 'none',
  alsoKnownAs: ['length reward'],
  options,
  needs: ['correct'],
  create: ({ factor }) => ({
    async score(batch) {
      const groups = [...new Set(batch.map(({ group }) => group))];
      const { values, width } = await rewardsOf(groups);
      return batch.map(({ group, response }) => {
        const place = groups.indexOf(group) * width + group.responses.indexOf(response);
        return factor * values[place]!;
      });
    },
  }),
});
