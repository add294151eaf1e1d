import type { Metrics, TrackerRecord } from '../contracts/index.js';
import type { EvaluationSettings, ResolvedConfig } from '../config/resolved-config.js';
import type { EventName, Listener } from '../events/events.js';

import { checkpointName, newestCheckpoint, pruneCheckpoints, saveCheckpoint } from './checkpoint.js';
import { evaluate, type Evaluation } from './evaluate.js';
import { pairedGain, type Estimate } from './evaluation-statistics.js';
import { fineTune, type FineTuneOptions } from './fine-tune.js';
import { readShares, writeEvaluation } from './run-files.js';
import { RunStopped } from './run-stopped.js';
import { samplePrompts, type SampledPrompt, type SampleSettings } from './sample.js';
import { Session, type SessionContext } from './session.js';

export interface TrainOptions {
  /** When aborted, the run finishes its step, saves, and ends. */
  readonly signal?: AbortSignal;
}

export interface RunSummary {
  /** budget: done · stopped: aborted from outside · guard: a guard ended it. */
  readonly reason: 'budget' | 'stopped' | 'guard';
  readonly message?: string;
  readonly steps: number;
  readonly folder?: string;
  readonly first?: Evaluation['metrics'];
  readonly last?: Evaluation['metrics'];
  /** Held-out accuracy, last − first evaluation, paired over problems. */
  readonly gain?: Estimate;
  readonly counters: Readonly<Record<string, number>>;
}

/** How often a run may go back to its last checkpoint before it ends. */
const MAX_ROLL_BACKS = 3;

/** A run that is ready to train. Made by `createRun`. */
export class Run {
  private evaluations = new Map<number, Evaluation>();
  private smoothedStepSeconds = 0;

  constructor(
    private readonly context: SessionContext,
    private session: Session,
    /** Set where the session was opened from a checkpoint. */
    private readonly resumed: boolean,
    /** The run folder; undefined where nothing is written. */
    readonly folder: string | undefined,
  ) {}

  get config(): ResolvedConfig {
    return this.context.config;
  }

  /** Rollout steps finished. */
  get step(): number {
    return this.session.counters.rolloutSteps;
  }

  on<E extends EventName>(event: E, listener: Listener<E>): this {
    this.context.events.on(event, listener);
    return this;
  }

  off<E extends EventName>(event: E, listener: Listener<E>): this {
    this.context.events.off(event, listener);
    return this;
  }

  /** Trains until the budget is used up, a guard ends it, or the signal is aborted. */
  async train(options: TrainOptions = {}): Promise<RunSummary> {
    const { events, config } = this.context;
    const { rolloutSteps } = config.budget;
    events.emit('run:started', { folder: this.folder, rolloutSteps, fromStep: this.step });
    if (!this.resumed && this.step === 0) await this.begin();
    const ended = await this.loop(options);
    await this.track({ kind: 'end', step: this.step, metrics: {}, message: ended.message ?? ended.reason });
    events.emit('run:ended', ended);
    return this.summarise(ended);
  }

  /** avg@k and pass@k of the current weights on the held-out set. */
  async evaluate(settings: Partial<EvaluationSettings> = {}): Promise<Evaluation> {
    const { config } = this.context;
    const { parts, store } = this.session;
    const evaluation = await evaluate(parts, this.step, { ...config.evaluation, ...settings }, config.rollout);
    const ofPlugins = Object.entries(store.take()).map(([name, value]) => [`evaluation/${name}`, value]);
    return { ...evaluation, metrics: { ...evaluation.metrics, ...(Object.fromEntries(ofPlugins) as Metrics) } };
  }

  /** Supervised warm start on the training prompts. */
  fineTune(options: FineTuneOptions, onStep?: (step: number, loss: number) => void): Promise<number[]> {
    return fineTune(this.session, this.context.config, options, onStep);
  }

  /** Answers to prompts of one's own from the current weights; nobody scores them. */
  async sample(prompts: readonly string[], settings: SampleSettings): Promise<SampledPrompt[]> {
    return samplePrompts(this.session.parts, prompts, settings, this.context.config.rollout);
  }

  /** Writes the current weights, as another program would read them. */
  savePolicy(folder: string): Promise<string> {
    return this.session.parts.policy.instance.save(folder);
  }

  async dispose(): Promise<void> {
    await this.session.dispose();
    this.context.events.removeAll();
  }

  private async begin(): Promise<void> {
    await this.evaluateAndTrack();
    await this.checkpoint();
  }

  private async loop({ signal }: TrainOptions): Promise<Pick<RunSummary, 'reason' | 'message'>> {
    const { budget } = this.context.config;
    let rollBacks = 0;
    while (this.session.counters.used(budget) < 1) {
      if (signal?.aborted) return this.stop();
      try {
        await this.oneStep();
      } catch (error) {
        if (!(error instanceof RunStopped)) {
          await this.saveAfterFailure();
          throw error;
        }
        rollBacks += 1;
        await this.track({ kind: 'guard', step: this.step, metrics: {}, message: error.reason });
        if (error.action === 'stop' || rollBacks > MAX_ROLL_BACKS) return { reason: 'guard', message: error.reason };
        await this.rollBack();
      }
    }
    return { reason: 'budget' };
  }

  private async oneStep(): Promise<void> {
    const { config, events } = this.context;
    const { metrics, stopped } = await this.session.trainer.step();
    const record = { ...metrics, 'time/eta-seconds': this.eta(metrics['time/step-seconds'] ?? 0) };
    await this.track({ kind: 'step', step: this.step, metrics: record });
    events.emit('step:finished', { step: this.step, metrics: record });
    if (stopped) throw stopped;
    const last = this.session.counters.used(config.budget) === 1;
    const { every } = config.evaluation;
    if (every > 0 && (last || this.step % every === 0)) await this.evaluateAndTrack();
    if (last || this.step % config.checkpoints.every === 0) await this.checkpoint();
  }

  /** What broke was not applied: the weights are the last good ones. They are kept beside the checkpoints. */
  private async saveAfterFailure(): Promise<void> {
    const { host, events } = this.context;
    if (!this.folder) return;
    const weights = await this.savePolicy(host.join(this.folder, `before-failure-in-${checkpointName(this.step + 1)}`));
    const checkpoint = await newestCheckpoint(host, this.folder);
    const message = `The weights before the failure are in ${weights}; a resume goes on from ${checkpoint ?? 'the beginning'}.`;
    events.emit('log', { level: 'warning', source: 'run', message });
  }

  private async stop(): Promise<Pick<RunSummary, 'reason'>> {
    await this.checkpoint();
    return { reason: 'stopped' };
  }

  private async rollBack(): Promise<void> {
    const checkpoint = this.folder && (await newestCheckpoint(this.context.host, this.folder));
    await this.session.dispose();
    this.session = await Session.open(this.context, checkpoint || undefined);
  }

  private async evaluateAndTrack(): Promise<void> {
    if (!this.session.parts.heldOutPrompts || this.context.config.evaluation.every === 0) return;
    const started = performance.now();
    const evaluation = await this.evaluate();
    this.evaluations.set(evaluation.step, evaluation);
    await writeEvaluation(this.context.runFolder, evaluation);
    const metrics: Metrics = { ...evaluation.metrics, 'time/evaluation-seconds': (performance.now() - started) / 1000 };
    await this.track({ kind: 'evaluation', step: evaluation.step, metrics });
    this.context.events.emit('evaluation:finished', { step: evaluation.step, metrics });
    await this.session.trainer.guard('evaluated', metrics);
  }

  private async checkpoint(): Promise<void> {
    const { host, config, events } = this.context;
    if (!this.folder) return;
    const { container, counters, parts } = this.session;
    const save = (folder: string): Promise<string> => parts.policy.instance.save(folder);
    const folder = await saveCheckpoint(host, this.folder, this.step, container, counters.state(), save);
    await pruneCheckpoints(host, this.folder, config.checkpoints.keep);
    events.emit('checkpoint:saved', { step: this.step, folder });
  }

  private track(record: TrackerRecord): Promise<void> {
    return this.session.trainer.track(record);
  }

  private eta(stepSeconds: number): number {
    this.smoothedStepSeconds = this.smoothedStepSeconds === 0 ? stepSeconds : 0.8 * this.smoothedStepSeconds + 0.2 * stepSeconds;
    const used = this.session.counters.used(this.context.config.budget);
    return ((this.step * (1 - used)) / used) * this.smoothedStepSeconds;
  }

  private async summarise(ended: Pick<RunSummary, 'reason' | 'message'>): Promise<RunSummary> {
    const last = this.evaluations.get(this.step);
    const first = this.evaluations.get(0);
    const before = first?.shares ?? (this.folder && (await readShares(this.context.host, this.folder, 0))) ?? undefined;
    const gain = before && before.length > 0 && last && this.step > 0 ? pairedGain(before, last.shares) : undefined;
    return {
      ...ended,
      steps: this.step,
      folder: this.folder,
      first: first?.metrics,
      last: last?.metrics,
      gain,
      counters: { ...this.session.counters.state(), money: this.session.counters.money },
    };
  }
}
