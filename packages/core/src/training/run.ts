import type { Metrics, TrackerRecord } from '../contracts/index.js';
import type { EvaluationSettings, ResolvedConfig } from '../config/resolved-config.js';
import type { EventName, Listener } from '../events/events.js';
import { atStep } from '../errors/placed-at.js';
import { nothingHeldOut } from '../errors/training-errors.js';
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
    /** The checkpoint that the session was opened from. */
    private readonly openedFrom: string | undefined,
    /** The run folder; undefined where nothing is written. */
    readonly folder: string | undefined,
    /** Lets others into the run folder. */
    private readonly release: () => Promise<void>,
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
    const ended = await this.loop(options);
    await this.track({ kind: 'end', step: this.step, metrics: {}, message: ended.message ?? ended.reason });
    events.emit('run:ended', ended);
    return this.summarise(ended);
  }

  /** avg@k and pass@k of the current weights on the held-out set. */
  async evaluate(settings: Partial<EvaluationSettings> = {}): Promise<Evaluation> {
    const { config } = this.context;
    const { parts, store } = this.session;
    if (!parts.heldOutPrompts) throw nothingHeldOut();
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
    try {
      await this.session.dispose();
    } finally {
      this.context.events.removeAll();
      await this.release();
    }
  }

  private async loop({ signal }: TrainOptions): Promise<Pick<RunSummary, 'reason' | 'message'>> {
    const { budget } = this.context.config;
    let begun = this.openedFrom !== undefined || this.step > 0;
    while (!begun || this.session.counters.used(budget) < 1) {
      if (begun && signal?.aborted) return this.stop();
      try {
        await (begun ? this.oneStep() : this.begin());
        begun = true;
      } catch (error) {
        if (!(error instanceof RunStopped)) {
          await this.saveAfterFailure();
          throw atStep(error, this.step);
        }
        const ending = await this.follow(error);
        if (ending !== undefined) return { reason: 'guard', message: ending };
      }
    }
    return { reason: 'budget' };
  }

  /** What a gain is measured against, and what a crash in the first steps falls back on. */
  private async begin(): Promise<void> {
    await this.evaluateAndTrack();
    await this.checkpoint();
  }

  /** Does what a guard asked for. Gives why the run ends, where it does: whole steps are saved before. */
  private async follow(stopped: RunStopped): Promise<string | undefined> {
    const record: TrackerRecord = { kind: 'guard', step: this.step, metrics: {}, message: stopped.reason };
    const back = this.folder ? await newestCheckpoint(this.context.host, this.folder) : this.openedFrom;
    const rollBacks = this.session.counters.rollBacks + 1;
    if (stopped.action === 'roll-back' && rollBacks <= MAX_ROLL_BACKS && back !== undefined) {
      await this.session.dispose();
      this.session = await Session.open(this.context, back, rollBacks);
      await this.track(record);
      return undefined;
    }
    // Weights that a guard wanted to be rid of are no checkpoint.
    if (stopped.action === 'stop' && stopped.wholeStep) await this.checkpoint();
    await this.track(record);
    return rollBacks > MAX_ROLL_BACKS ? `${stopped.reason} (after ${MAX_ROLL_BACKS} roll-backs)` : stopped.reason;
  }

  private async oneStep(): Promise<void> {
    const { config, events, host } = this.context;
    const { metrics, stopped } = await this.session.trainer.step();
    const record = {
      ...metrics,
      ...(host.peakMemory && { 'time/peak-memory': host.peakMemory() }),
      'time/eta-seconds': this.eta(metrics['time/step-seconds'] ?? 0),
    };
    await this.track({ kind: 'step', step: this.step, metrics: record });
    events.emit('step:finished', { step: this.step, metrics: record });
    if (stopped) throw stopped;
    const last = this.session.counters.used(config.budget) === 1;
    const { every } = config.evaluation;
    if (every > 0 && (last || this.step % every === 0)) await this.evaluateAndTrack();
    if (last || this.step % config.checkpoints.every === 0) await this.checkpoint();
  }

  /** An update that broke was not applied, those before it were: the weights are kept beside the checkpoints. */
  private async saveAfterFailure(): Promise<void> {
    const { host, events } = this.context;
    if (!this.folder) return;
    const warn = (message: string): void => events.emit('log', { level: 'warning', source: 'run', message });
    try {
      const weights = await this.savePolicy(host.join(this.folder, `failed-after-${checkpointName(this.step)}`));
      const checkpoint = await newestCheckpoint(host, this.folder);
      const next = checkpoint ? `a resume goes on from ${checkpoint}` : 'there is no checkpoint yet to go on from';
      warn(`The weights as they were when it failed are in ${weights}; ${next}.`);
    } catch (error) {
      warn(`The weights could not be saved: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private async stop(): Promise<Pick<RunSummary, 'reason'>> {
    await this.checkpoint();
    return { reason: 'stopped' };
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
    this.smoothedStepSeconds =
      this.smoothedStepSeconds === 0 ? stepSeconds : 0.8 * this.smoothedStepSeconds + 0.2 * stepSeconds;
    const used = this.session.counters.used(this.context.config.budget);
    return ((this.step * (1 - used)) / used) * this.smoothedStepSeconds;
  }

  private async summarise(ended: Pick<RunSummary, 'reason' | 'message'>): Promise<RunSummary> {
    const first = this.evaluations.get(0);
    const upToNow = [...this.evaluations.values()].filter(({ step }) => step <= this.step);
    const last = upToNow.sort((a, b) => a.step - b.step).at(-1);
    const before = first?.shares ?? (this.folder && (await readShares(this.context.host, this.folder, 0))) ?? undefined;
    const paired = before && last && last.step > 0 ? pairedGain(before, last.shares) : undefined;
    const gain = Number.isFinite(paired?.value) ? paired : undefined;
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
