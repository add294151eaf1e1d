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
  high: z.number().positive().default(0.28).describe('ε_high: how far above 1 a ratio may push its token up'),
});

export default definePlugin({
  kind: 'clip-rule',
  name: 'clip-higher',
  summary: 'Clip with a higher upper bound, so that unlikely tokens have room to rise.',
  source: { title: 'DAPO, Clip-Higher', arxiv: '2503.14476', equation: '8, 10' },
  departures: 'none',
  alsoKnownAs: ['decoupled clip', 'DAPO'],
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
