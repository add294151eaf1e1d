import { definePlugin, type GuardAnswer, Patience, z } from '@dapo/core';

const options = z.strictObject({
  reward: z.string().default('answer').describe('key of the reward in the config'),
  most: z.number().gt(0).lt(1).default(0.25).describe('share of tries that may fail'),
  patience: z.int().positive().default(3).describe('rollout steps in a row before it acts'),
});

/** Whether the share of tries that failed is beyond the bound; a step without a request is not. */
export function inTrouble(failures: number | undefined, most: number): boolean {
  return failures !== undefined && failures > most;
}

export default definePlugin({
  kind: 'guard',
  name: 'service-in-trouble',
  summary: 'Ends the run, saved, when requests to the scoring service keep failing.',
  source: { title: 'our own' },
  departures: 'none',
  options,
  create: ({ reward, most, patience }) => {
    const left = new Patience(patience);
    return {
      check(point, { metrics }): GuardAnswer {
        if (point !== 'updated') return 'continue';
        const failures = metrics[`rewards/${reward}/failures`];
        if (!left.usedUp(inTrouble(failures, most))) return 'continue';
        const share = Math.round(100 * failures!);
        return {
          action: 'stop',
          reason: `${share} % of the tries failed, and too many for ${patience} steps in a row`,
        };
      },
      state: () => left.state(),
      restore: (state) => left.restore(state),
    };
  },
});
