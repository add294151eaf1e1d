import {
  definePlugin,
  type MetricRecorder,
  type PluginRemark,
  type Policy,
  type PolicyBatch,
  type PolicyVersion,
  type Progress,
  type Signal,
  type State,
  tokens,
  z,
} from '@dapo/core';

const options = z.strictObject({
  every: z.int().nonnegative().default(0).describe('rollout steps between refreshes of the reference; 0: never'),
  mix: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe('share of the current weights in a refreshed reference; the rest are its old ones'),
});
type Options = z.output<typeof options>;

/** Frozen weights of the policy, and what they say of the tokens of a rollout. */
class Reference implements Signal {
  private frozen?: PolicyVersion;

  constructor(
    private readonly settings: Options,
    private readonly policy: Policy,
    private readonly metrics: MetricRecorder,
  ) {}

  async compute(batch: PolicyBatch, { temperature }: { readonly temperature: number }): ReturnType<Signal['compute']> {
    const version = await this.weights();
    const current = await this.policy.publish();
    this.metrics.record('age', current.version - version.version);
    current.release();
    const { width, logProbs } = await this.policy.logProbs(batch, { temperature, version });
    return { width, values: logProbs };
  }

  async refresh({ rolloutStep }: Progress): Promise<void> {
    const { every, mix } = this.settings;
    if (every === 0 || rolloutStep % every !== 0) return;
    const version = await this.weights();
    this.replace(await this.policy.publish({ frozen: true, ...(mix < 1 && { mix: { version, share: mix } }) }));
  }

  /** The weights themselves: a run that goes on has others by then, and can't make these again. */
  async state(): Promise<State> {
    return (await this.weights()).state!();
  }

  async restore(state: State): Promise<void> {
    this.replace(await this.policy.reopen!(state));
  }

  dispose(): void {
    this.frozen?.release();
  }

  /** Those of the first rollout, unless others were restored. */
  private async weights(): Promise<PolicyVersion> {
    return (this.frozen ??= await this.policy.publish({ frozen: true }));
  }

  private replace(version: PolicyVersion): void {
    this.frozen?.release();
    this.frozen = version;
  }
}

function check({ every, mix }: Options): PluginRemark[] {
  if (every > 0 || mix === 1) return [];
  return [
    {
      level: 'warning',
      path: 'mix',
      message: 'mix acts at a refresh, and there is none.',
      hint: 'set every',
    },
  ];
}

export default definePlugin({
  kind: 'signal',
  name: 'reference',
  summary: 'Log-probs of the weights that the run began with, or of a copy that follows them slowly.',
  source: { title: 'Learn Your Reference Model for Real Good Alignment', arxiv: '2404.09656' },
  departures:
    'counted in rollout steps, not in updates. With every at 0 it is the fixed reference of InstructGPT (2203.02155) and ' +
    'GRPO (2402.03300).',
  alsoKnownAs: ['reference policy', 'ref model', 'sync_ref_model', 'ref_model_mixup_alpha', 'TR-DPO'],
  options,
  needs: ['frozen-weights'],
  provides: ['reference-log-probs'],
  metrics: {
    age: {
      over: 'step',
      reduce: 'mean',
      unit: 'optimizer steps',
      meaning: 'updates since the reference took weights in',
      healthy: 'as every says',
      worrying: 'larger than every',
      advice: 'see the option every',
    },
  },
  check,
  inject: { policy: tokens.policy, metrics: tokens.metrics },
  create: (settings, { policy, metrics }) => new Reference(settings, policy, metrics),
});
