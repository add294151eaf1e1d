import { definePlugin, inside, tf, z } from '@dapo/core';
import type { RewardContext, RewardItem } from '@dapo/core';

const options = z.strictObject({
  coefficient: z.number().nonnegative().default(0.001).describe('β: what one nat costs'),
});

/**
 * −β · (log π_behaviour − log π_ref) on each token that the policy chose, 0 on the others.
 *
 * @param logProbs log π_behaviour [tokens]
 * @param reference log π_ref [tokens]
 * @param sampled 1 where the policy chose the token [tokens]
 * @returns [tokens]
 * @example klPenalty([-1], [-3], [1], 0.1) → [-0.2]
 */
export function klPenalty(
  logProbs: tf.Tensor1D,
  reference: tf.Tensor1D,
  sampled: tf.Tensor1D,
  coefficient: number,
): tf.Tensor {
  return inside(tf.mul(tf.sub(reference, logProbs), coefficient), sampled);
}

/** The penalties of all responses in one computation; gives them response by response. */
async function penaltiesOf(
  batch: readonly RewardItem[],
  context: RewardContext,
  coefficient: number,
): Promise<Float32Array[]> {
  const joined = (values: (item: RewardItem) => ArrayLike<number>): tf.Tensor1D =>
    tf.tensor1d(
      batch.flatMap((item) => Array.from(values(item))),
      'float32',
    );
  const result = tf.tidy(() => {
    const reference = joined(({ response }) => context.signal('reference-log-probs', response));
    const logProbs = joined(({ response }) => response.behaviourLogProbs);
    return klPenalty(
      logProbs,
      reference,
      joined(({ response }) => response.sampled),
      coefficient,
    );
  });
  const all = (await result.data()) as Float32Array;
  result.dispose();
  let start = 0;
  return batch.map(({ response }) => all.slice(start, (start += response.tokens.length)));
}

export default definePlugin({
  kind: 'reward',
  name: 'kl-penalty',
  role: 'shaping',
  summary: 'Makes every nat that a token moves away from the reference policy cost some of its reward.',
  source: { title: 'InstructGPT', arxiv: '2203.02155', equation: '2' },
  departures: 'Per token, as verl; the KL estimate is k1 of the weights that sampled.',
  alsoKnownAs: ['KL in reward', 'apply_kl_penalty'],
  options,
  needs: ['reference-log-probs'],
  create: ({ coefficient }) => ({ score: (batch, context) => penaltiesOf(batch, context, coefficient) }),
});
