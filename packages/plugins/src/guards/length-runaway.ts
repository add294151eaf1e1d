import { definePlugin, type Guard, type MetricRecorder, Patience, tokens, z } from '@dapo/core';

const options = z.strictObject({
  growth: z
    .number()
    .gt(1)
    .default(3)
    .describe('mean response length that is too long, in multiples of the first steps’'),
  truncated: z.number().gt(0).max(1).default(0.5).describe('share of responses cut off that is too many'),
  first: z.int().positive().default(5).describe('rollout steps whose mean length is what growth is measured by'),
  patience: z.int().positive().default(3).describe('rollout steps in a row before it acts'),
  action: z.enum(['stop', 'roll-back']).default('stop').describe('end the run, or go back to the last checkpoint'),
});
type Options = z.output<typeof options>;

/** Mean response length over the first steps of a run. */
class FirstLength {
  private sum = 0;
  private steps = 0;

  constructor(private readonly limit: number) {}

  add(length: number): void {
    if (this.steps === this.limit) return;
    this.sum += length;
    this.steps += 1;
  }

  get mean(): number {
    return this.sum / this.steps;
  }

  get json(): { sum: number; steps: number } {
    return { sum: this.sum, steps: this.steps };
  }

  set json({ sum, steps }: { sum: number; steps: number }) {
    [this.sum, this.steps] = [sum, steps];
  }
}

/** What is wrong with the lengths of a step; undefined where nothing is. */
export function describeRunaway(
  { growth, truncated }: { readonly growth: number; readonly truncated: number },
  limits: Pick<Options, 'growth' | 'truncated'>,
): string | undefined {
  if (growth > limits.growth) return `responses are ${growth.toFixed(1)} times as long as in the first steps`;
  return truncated > limits.truncated ? `${Math.round(100 * truncated)} % of the responses are cut off` : undefined;
}

function createGuard(settings: Options, metrics: MetricRecorder): Guard {
  const patience = new Patience(settings.patience);
  const first = new FirstLength(settings.first);
  return {
    check(point, facts) {
      const { 'rollout/response-length': length, 'rollout/truncated': truncated } = facts.metrics;
      if (point !== 'rolled-out' || length === undefined || truncated === undefined) return 'continue';
      first.add(length);
      const growth = first.mean === 0 ? 1 : length / first.mean;
      metrics.record('growth', growth);
      const wrong = describeRunaway({ growth, truncated }, settings);
      if (!patience.usedUp(wrong !== undefined)) return 'continue';
      return { action: settings.action, reason: `${wrong!}, for ${settings.patience} steps in a row` };
    },
    state: () => ({ json: { first: first.json, patience: patience.state().json } }),
    restore: ({ json }) => {
      const saved = json as unknown as { first: FirstLength['json']; patience: { times: number } };
      first.json = saved.first;
      patience.restore({ json: saved.patience });
    },
  };
}

export default definePlugin({
  kind: 'guard',
  name: 'length-runaway',
  summary: 'Acts when responses grow out of hand: much longer than at first, or mostly cut off.',
  source: { title: 'our own' },
  departures: 'none',
  alsoKnownAs: ['length explosion'],
  options,
  metrics: {
    growth: {
      over: 'step',
      reduce: 'mean',
      unit: 'ratio',
      meaning: 'mean response length, by that of the first steps',
      healthy: '0.5 to 3',
      worrying: 'at the bound of the guard',
      advice: 'see rollout/response-length; add soft-overlong',
    },
  },
  inject: { metrics: tokens.metrics },
  create: (settings, { metrics }) => createGuard(settings, metrics),
});
