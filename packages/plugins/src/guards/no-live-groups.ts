import { definePlugin, type Guard, Patience, z } from '@dapo/core';

const options = z.strictObject({
  patience: z.int().positive().default(5).describe('rollout steps in a row without a live group before the run ends'),
});

function createGuard(steps: number): Guard {
  const patience = new Patience(steps);
  return {
    check(point, { metrics }) {
      const live = metrics['rollout/live-groups'];
      if (point !== 'rolled-out' || live === undefined) return 'continue';
      if (!patience.usedUp(live === 0)) return 'continue';
      const reason = `no group had an advantage in the last ${steps} steps: take easier or harder prompts, or another reward`;
      return { action: 'stop', reason };
    },
    state: () => patience.state(),
    restore: (state) => patience.restore(state),
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
