import { definePlugin, type Guard, z } from '@dapo/core';

const options = z.strictObject({
  patience: z
    .int()
    .positive()
    .default(5)
    .describe('rollout steps in a row without a live group before the run ends'),
});

function createGuard(patience: number): Guard {
  let steps = 0;
  return {
    check(point, { metrics }) {
      const live = metrics['rollout/live-groups'];
      if (point !== 'rolled-out' || live === undefined) return 'continue';
      steps = live > 0 ? 0 : steps + 1;
      if (steps < patience) return 'continue';
      const reason = `no group had an advantage in the last ${steps} steps: take easier or harder prompts, or another reward`;
      return { action: 'stop', reason };
    },
    state: () => ({ json: { steps } }),
    restore: ({ json }) => {
      ({ steps } = json as { readonly steps: number });
    },
  };
}

export default definePlugin({
  kind: 'guard',
  name: 'no-live-groups',
  summary: 'Ends a run that has nothing to learn from: all advantages are zero, step after step.',
  source: { title: 'our own' },
  departures: 'none',
  options,
  create: ({ patience }) => createGuard(patience),
});
