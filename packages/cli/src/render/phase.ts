import type { EventName, Group, Listener, Run } from '@dapo/core';
import { duration } from './format.js';

type Work = 'starting' | 'evaluating' | 'generating' | 'updating';

/** What a run is doing now, told by its events. */
export class Phase {
  private readonly started = performance.now();
  private work: Work = 'starting';
  private round = 1;
  private kept = 0;
  private update = 0;
  private updates = 0;
  private secondsLeft: number | undefined;
  private stepFinished = performance.now();
  private stopping = false;

  /** `changed` is called after each event: while tensors are computed no timer runs. */
  constructor(
    private readonly run: Run,
    private readonly changed: () => void,
  ) {
    this.when('run:started', () => this.begin());
    this.when('rollout:round', ({ kept }) => this.nextRound(kept));
    this.when('rollout:finished', ({ groups }) => this.beginUpdates(groups));
    this.when('update:finished', () => (this.update += 1));
    this.when('step:finished', ({ metrics }) => this.nextStep(metrics['time/eta-seconds']));
    this.when('evaluation:finished', () => this.generate());
  }

  /** One line: step, work, time. */
  describe(now = performance.now()): string {
    const { step, config } = this.run;
    const total = config.budget.rolloutSteps;
    const at = this.work === 'evaluating' ? step : Math.min(step + 1, total);
    const parts = [`step ${at}/${total}`, this.describeWork(), this.describeTime(now)];
    return (this.stopping ? ['stopping after this step', ...parts] : parts).join(' · ');
  }

  stop(): void {
    this.stopping = true;
  }

  private when<E extends EventName>(event: E, listener: Listener<E>): void {
    this.run.on(event, (payload) => {
      listener(payload);
      this.changed();
    });
  }

  private begin(): void {
    if (this.run.step === 0 && this.run.config.evaluation.every > 0) this.work = 'evaluating';
    else this.generate();
  }

  private generate(): void {
    this.work = 'generating';
    this.round = 1;
    this.kept = 0;
  }

  private nextRound(kept: number): void {
    this.round += 1;
    this.kept += kept;
  }

  private beginUpdates(groups: readonly Group[]): void {
    const { miniBatch, epochs } = this.run.config.update;
    const responses = groups.reduce((sum, group) => sum + group.responses.length, 0);
    this.work = 'updating';
    this.update = 0;
    this.updates = epochs * Math.ceil(responses / miniBatch);
  }

  private nextStep(secondsLeft: number | undefined): void {
    this.secondsLeft = secondsLeft;
    this.stepFinished = performance.now();
    const { evaluation, budget } = this.run.config;
    const { step } = this.run;
    const evaluates = evaluation.every > 0 && (step % evaluation.every === 0 || step === budget.rolloutSteps);
    if (evaluates) this.work = 'evaluating';
    else this.generate();
  }

  private describeWork(): string {
    const { work, round, kept, update, updates } = this;
    const { prompts } = this.run.config.rollout;
    if (work === 'generating') return `generating, round ${round}, ${kept} of ${prompts} groups`;
    if (work === 'updating') return `update ${Math.min(update + 1, updates)} of ${updates}`;
    return work;
  }

  private describeTime(now: number): string {
    const elapsed = duration((now - this.started) / 1000);
    if (this.secondsLeft === undefined) return elapsed;
    const left = Math.max(0, this.secondsLeft - (now - this.stepFinished) / 1000);
    return `${elapsed}, about ${duration(left)} left`;
  }
}
