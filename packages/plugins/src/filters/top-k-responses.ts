import { definePlugin, responseLength, selectTop, tf, updatesPerRollout, z } from '@dapo/core';
import type { PluginRemark, ResolvedConfig, Response } from '@dapo/core';

const options = z.strictObject({
  keep: z.number().int().positive().describe('k: responses that stay in each group'),
  by: z.enum(['shortest', 'score-per-token', 'score']).default('shortest').describe('What the best k are best at'),
  others: z
    .enum(['drop', 'mask'])
    .default('drop')
    .describe("drop: out of the group's statistics too; mask: out of the loss"),
});

type Options = z.output<typeof options>;

const merits: Readonly<Record<Options['by'], (response: Response) => number>> = {
  shortest: (response) => -responseLength(response),
  'score-per-token': (response) => (response.score ?? 0) / Math.max(1, responseLength(response)),
  score: (response) => response.score ?? 0,
};

/**
 * The k largest of a group's merits, the first ones where they are equal.
 *
 * @param merit [responses]
 * @returns 0/1 [responses]
 * @example topResponses([-5, -3, -9], 2) → [1, 1, 0]
 */
export function topResponses(merit: tf.Tensor1D, k: number): tf.Tensor1D {
  return selectTop(merit, tf.scalar(k), -3e38);
}

function check({ keep, others }: Options, { rollout, update }: ResolvedConfig): PluginRemark[] {
  if (keep >= rollout.groupSize) {
    const message = `It keeps ${keep} of ${rollout.groupSize} responses: it filters nothing.`;
    return [{ level: 'warning', path: 'keep', message }];
  }
  return others === 'drop' ? oneMiniBatch(keep, rollout, update) : [];
}

/** Mini-batches are filled by the responses that stay: where there was more than one, there may be one only. */
function oneMiniBatch(
  keep: number,
  rollout: ResolvedConfig['rollout'],
  update: ResolvedConfig['update'],
): PluginRemark[] {
  const without = updatesPerRollout({ rollout, update });
  const { prompts, groupSize } = rollout;
  if (without === 1 || updatesPerRollout({ rollout: { prompts, groupSize: keep }, update }) > 1) return [];
  const size = Math.max(1, Math.floor((update.miniBatch * keep) / groupSize));
  return [
    {
      level: 'warning',
      message:
        `The ${prompts * keep} responses of a rollout that it keeps are one mini-batch (update.miniBatch: ${update.miniBatch}): ` +
        'with one update per rollout the probability ratio is 1, so the clip never acts.',
      hint: `update.miniBatch: ${size} makes as many updates of them as of all responses.`,
    },
  ];
}

export default definePlugin({
  kind: 'filter',
  name: 'top-k-responses',
  summary: 'Keeps the k responses of a group that are best at something, such as being short.',
  source: { title: 'GFPO', arxiv: '2508.09726', equation: '2' },
  departures: 'none',
  alsoKnownAs: ['GFPO', 'group filtered policy optimization'],
  options,
  check,
  create: ({ keep, by, others }) => ({
    level: 'response',
    async judge({ responses }) {
      if (responses.length === 0) return [];
      const result = tf.tidy(() => topResponses(tf.tensor1d(responses.map(merits[by])), keep));
      const kept = await result.data();
      result.dispose();
      return responses.map((_, i) =>
        kept[i] ? { verdict: 'keep' } : { verdict: others, reason: `not in the top ${keep}` },
      );
    },
  }),
});
