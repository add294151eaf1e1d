import {
  definePlugin,
  tokens,
  z,
  type Guard,
  type GuardAnswer,
  type GuardFacts,
  type GuardPoint,
  type MetricRecorder,
  type OptionsOf,
  type State,
} from '@dapo/core';

const options = z.strictObject({
  metric: z.string().default('reward/mean').describe('the metric that is watched, by its full name'),
  least: z.number().default(-1e9).describe('bound that it should not stay below'),
  patience: z.int().min(1).default(5).describe('steps in a row that it may'),
});
type Options = z.output<typeof options>;

/** Ends a run whose metric stays below a bound. */
class Floor implements Guard {
  private below = 0;

  private readonly settings: Options;
  private readonly recorder: MetricRecorder;

  constructor(settings: Options, recorder: MetricRecorder) {
    this.settings = settings;
    this.recorder = recorder;
  }

  check(point: GuardPoint, { metrics }: GuardFacts): GuardAnswer {
    const { metric, least, patience } = this.settings;
    const value = metrics[metric];
    if (point !== 'updated' || value === undefined) return 'continue';
    this.below = value < least ? this.below + 1 : 0;
    this.recorder.record('below', this.below);
    if (this.below < patience) return 'continue';
    return {
      action: 'stop',
      reason: `${metric} is ${value}, below ${least}, for ${this.below} steps in a row`,
    };
  }

  /** What a checkpoint keeps. */
  state(): State {
    return { json: this.below };
  }

  restore({ json }: State): void {
    this.below = json as number;
  }
}

export default definePlugin({
  kind: 'guard',
  name: 'my-guard',
  summary: 'Ends the run when a metric stays below a bound.',
  source: { title: 'our own' },
  options,
  metrics: {
    below: {
      over: 'step',
      reduce: 'mean',
      unit: 'steps',
      meaning: 'steps in a row that the metric is below its bound',
    },
  },
  inject: { recorder: tokens.metrics },
  create: (settings, { recorder }) => new Floor(settings, recorder),
});

/** With `plugins: ['./plugins/my-guard.ts']` in a config, `use: 'my-guard'` completes there and its options are checked. */
declare module '@dapo/core' {
  interface PluginCatalogue {
    'my-guard': { guard: { 'my-guard': OptionsOf<(typeof import('./my-guard.js'))['default']> } };
  }
}
