import {
  clipBinds,
  clipCannotAct,
  clipMetricDeclarations,
  clipMetrics,
  clippedSurrogate,
  definePlugin,
  z,
} from '@dapo/core';

const options = z.strictObject({
  low: z.number().positive().lt(1).default(0.2).describe('ε_low: how far below 1 a ratio may push its token down'),
  high: z.number().positive().default(0.2).describe('ε_high: how far above 1 a ratio may push its token up'),
});

export default definePlugin({
  kind: 'clip-rule',
  name: 'clip',
  summary: "Stops an update once a token's ratio has left 1 ± ε in the direction that pays.",
  source: { title: 'PPO', arxiv: '1707.06347', equation: '7' },
  departures: 'none',
  alsoKnownAs: ['PPO clip'],
  options,
  metrics: clipMetricDeclarations,
  check: (_, config) => clipCannotAct(config),
  create: (bounds) => ({
    perToken: ({ ratio, advantages }) => ({
      loss: clippedSurrogate(ratio, advantages, bounds),
      metrics: clipMetrics(clipBinds(ratio, advantages, bounds)),
    }),
  }),
});
