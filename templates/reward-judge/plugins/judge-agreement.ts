import { definePlugin, tokens, z } from '@dapo/core';

/** Whether a response ends in «#» and the right number; undefined where it can't be known. */
export function reallyCorrect(text: string, reference: string | undefined): boolean | undefined {
  return reference === undefined ? undefined : /#(\d+)$/.exec(text)?.[1] === reference;
}

/** A task reward, since shaping rewards don't see groups that a filter drops. Stands after the judge in the config. */
export default definePlugin({
  kind: 'reward',
  name: 'judge-agreement',
  role: 'task',
  summary: 'Rewards nothing: measures how often the judge and an exact check agree on what is correct.',
  source: { title: 'our own' },
  departures: 'none',
  options: z.strictObject({}),
  needs: ['correct'],
  metrics: {
    agreed: {
      over: 'responses',
      reduce: 'mean',
      unit: 'share',
      meaning: 'sampled responses that the judge calls correct and that are, or neither',
      healthy: 'above 0.95',
      worrying: 'falls while the reward rises: the policy has found what the judge likes instead',
      advice: 'Read the responses on which they differ, and mend the rubric.',
    },
  },
  inject: { metrics: tokens.metrics },
  create: (_, { metrics }) => ({
    score: (batch) =>
      batch.map(({ prompt, response }) => {
        const really = reallyCorrect(response.text, prompt.reference);
        if (really !== undefined) metrics.record('agreed', response.correct === really ? 1 : 0);
        return 0;
      }),
  }),
});
