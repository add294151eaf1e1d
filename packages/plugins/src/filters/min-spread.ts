import { definePlugin, groupMatrix, groupSpread, tf, z } from '@dapo/core';

const options = z.strictObject({
  tolerance: z
    .number()
    .nonnegative()
    .default(0)
    .describe('A group whose scores differ by no more than this is dropped'),
});

/**
 * 1 where max − min of a group's scores is above the tolerance.
 *
 * @param scores [groups, responses]
 * @param present 1 where a response stands [groups, responses]
 * @returns 0/1 [groups]
 * @example spreads([[0.95, 0.95], [0, 1]], ones, 0) → [0, 1]
 */
export function spreads(scores: tf.Tensor2D, present: tf.Tensor2D, tolerance: number): tf.Tensor {
  return tf.squeeze(tf.cast(tf.greater(groupSpread(scores, present), tolerance), 'float32'), [1]);
}

export default definePlugin({
  kind: 'filter',
  name: 'min-spread',
  summary: 'Drops groups whose scores are all alike: dynamic sampling for rewards that are not right or wrong.',
  source: { title: 'DAPO, Dynamic Sampling', arxiv: '2503.14476', equation: '11' },
  departures: 'Tests max − min of the scores instead of the number of right answers; never a float standard deviation.',
  alsoKnownAs: ['zero-variance filter', 'filter_groups'],
  options,
  create: ({ tolerance }) => ({
    level: 'group',
    async judge(groups) {
      const result = tf.tidy(() => {
        const { values, present } = groupMatrix(groups, ({ score }) => score ?? 0);
        return spreads(values, present, tolerance);
      });
      const kept = await result.data();
      result.dispose();
      return groups.map((_, g) => (kept[g] ? { verdict: 'keep' } : { verdict: 'drop', reason: 'equal scores' }));
    },
  }),
});
