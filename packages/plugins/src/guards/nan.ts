import { definePlugin, type GuardAnswer, type GuardFacts, type GuardPoint, tokens, z } from '@dapo/core';

const options = z.strictObject({
  action: z.enum(['stop', 'roll-back']).default('stop').describe('end the run, or go back to the last checkpoint'),
});

const watched = ['update/loss', 'update/gradient-norm'];

/** The watched metrics that aren't finite, as text; empty where all are. */
export function describeNonFinite(metrics: GuardFacts['metrics']): string {
  const wrong = watched.filter((name) => metrics[name] !== undefined && !Number.isFinite(metrics[name]));
  return wrong.map((name) => `${name} is ${metrics[name]}`).join(', ');
}

function answer(
  point: GuardPoint,
  { metrics, progress, nonFinite }: GuardFacts,
  action: 'stop' | 'roll-back',
): GuardAnswer {
  if (point !== 'before-update' && point !== 'updated') return 'continue';
  const wrong = describeNonFinite(metrics);
  if (wrong === '') return 'continue';
  return {
    action,
    reason: `${wrong} after ${progress.optimizerStep} optimizer steps; ${nonFinite ?? 'lower the learning rate'}`,
  };
}

export default definePlugin({
  kind: 'guard',
  name: 'nan',
  summary: 'Ends the run, or goes back to the last checkpoint, at the first loss or gradient that is not finite.',
  source: { title: 'our own' },
  departures: 'silent where update.nonFinite is skip: such updates are then left out, not judged',
  options,
  inject: { update: tokens.update },
  create: ({ action }, { update }) => ({
    check: (point, facts) => (update.nonFinite === 'skip' ? 'continue' : answer(point, facts, action)),
  }),
});
