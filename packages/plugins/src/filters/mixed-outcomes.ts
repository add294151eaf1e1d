import { definePlugin, groupMatrix, groupSizes, tf } from '@dapo/core';

/**
 * What each group came to: 1 where all responses are right, −1 where none is, 0 where outcomes are mixed.
 * DAPO's constraint 0 < |{o_i correct}| < G keeps the zeros.
 *
 * @param correct 1 where a response is right [groups, responses]
 * @param present 1 where a response stands [groups, responses]
 * @returns [groups]
 * @example outcomes([[1, 1], [1, 0], [0, 0]], ones) → [1, 0, -1]
 */
export function outcomes(correct: tf.Tensor2D, present: tf.Tensor2D): tf.Tensor1D {
  const right = tf.sum(tf.mul(correct, present), 1);
  const allWrong = tf.cast(tf.equal(right, 0), 'float32');
  const allRight = tf.cast(tf.equal(right, tf.squeeze(groupSizes(present), [1])), 'float32');
  return tf.sub<tf.Tensor1D>(tf.mul(allRight, tf.sub(1, allWrong)), allWrong);
}

export default definePlugin({
  kind: 'filter',
  name: 'mixed-outcomes',
  summary: 'Keeps the groups that have both a right and a wrong response: the others have no advantage.',
  source: { title: 'DAPO, Dynamic Sampling', arxiv: '2503.14476', equation: '11' },
  departures: 'none',
  alsoKnownAs: ['dynamic sampling', 'filter_groups', 'zero-variance filter'],
  needs: ['correct'],
  create: () => ({
    level: 'group',
    async judge(groups) {
      const result = tf.tidy(() => {
        const { values, present } = groupMatrix(groups, ({ correct }) => (correct ? 1 : 0));
        return outcomes(values, present);
      });
      const codes = await result.data();
      result.dispose();
      return groups.map((_, g) => {
        if (codes[g] === 0) return { verdict: 'keep' };
        return { verdict: 'drop', reason: codes[g]! > 0 ? 'all right' : 'all wrong' };
      });
    },
  }),
});
