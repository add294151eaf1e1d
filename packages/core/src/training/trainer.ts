import type { Group, GuardPoint, MetricDeclaration, Metrics, TrackerRecord } from '../contracts/index.js';
import type { ResolvedConfig } from '../config/resolved-config.js';
import type { EventBus } from '../events/events.js';
import { wrongCount } from '../errors/training-errors.js';
import { afterSteps } from '../errors/when.js';
import type { Random } from '../random/random.js';
import { callPlugin } from './call-plugin.js';
import { prepareBatch } from './prepare-batch.js';
import type { Counters } from './counters.js';
import { engineMetrics } from './engine-metrics.js';
import { askGuards } from './guards.js';
import type { KeptTensors } from './kept-tensors.js';
import { MetricStore } from './metrics.js';
import { MetricWeights } from './metric-weights.js';
import { cutMiniBatches } from './mini-batches.js';
import type { Parts } from './parts.js';
import { rollOut } from './roll-out.js';
import { RolloutBatch } from './rollout-batch.js';
import { batchMetrics, RolloutTally, weightMetrics } from './rollout-metrics.js';
import { RunStopped } from './run-stopped.js';
import { updateOnce } from './update.js';

export interface TrainerContext {
  readonly config: ResolvedConfig;
  readonly parts: Parts;
  readonly events: EventBus;
  readonly random: Random;
  readonly counters: Counters;
  /** Where plugins record their metrics. */
  readonly store: MetricStore;
  /** Who leaves tensors behind. */
  readonly kept: KeptTensors;
}

/**
 * The loop: PromptSource → Sampler → groups → AdvantageEstimator → mini-batches → LossFn → Optimizer → Policy.
 * It knows no technique.
 */
export class Trainer {
  private toldOfShortBatch = false;

  constructor(private readonly context: TrainerContext) {}

  /** One rollout step: one batch of groups and its updates. `stopped` is what a guard said after the last of them. */
  async step(): Promise<{ readonly metrics: Metrics; readonly stopped?: RunStopped }> {
    const { counters, store, parts, config } = this.context;
    const started = performance.now();
    const step = counters.rolloutSteps;

    const { batch, tally } = await this.rollOutBatch(step);
    await prepareBatch(batch, this.context, step);
    const weights = weightMetrics(parts.rewards, step);
    const rolled = { ...tally.metrics(), ...batchMetrics(batch, shapingKeys(parts)), ...weights, ...store.peek() };
    await this.guard('rolled-out', rolled);

    const trained = performance.now();
    const updates = await this.updateOn(batch, step);
    await callPlugin(parts.generator, step, () => parts.generator.instance.update(parts.policy.instance));
    counters.rolloutSteps += 1;
    for (const signal of parts.signals) {
      await callPlugin(signal, step, () => signal.instance.refresh?.(counters.progress(config.budget)));
    }

    const ended = performance.now();
    counters.seconds += (ended - started) / 1000;
    const metrics = { ...rolled, ...updates, ...store.peek(), ...this.counterMetrics(tally, started, trained, ended) };
    const stopped = await this.askGuards('updated', metrics);
    this.tellOfKeptTensors(step);
    // What the guards themselves have recorded belongs to this step.
    return { metrics: { ...metrics, ...store.take() }, stopped };
  }

  private tellOfKeptTensors(step: number): void {
    for (const { message, path = 'run' } of this.context.kept.stepEnded(step)) this.warn(path, message);
  }

  /** Once: how full the others are stands in the metrics. */
  private tellOfShortBatch(step: number, reason: string): void {
    if (this.toldOfShortBatch) return;
    this.toldOfShortBatch = true;
    this.warn(
      this.context.parts.sampler.path,
      `the batch of rollout step ${step + 1} is not full: ${reason}. Told once; rollout/kept-groups says how full the others are`,
    );
  }

  private warn(source: string, message: string): void {
    this.context.events.emit('log', { level: 'warning', source, message });
  }

  private async rollOutBatch(step: number): Promise<{ batch: RolloutBatch; tally: RolloutTally }> {
    const { config, parts, counters, events } = this.context;
    const tally = new RolloutTally();
    const rollout = async (prompts: Parameters<typeof rollOut>[1]['prompts']): Promise<Group[]> => {
      const round = tally.rounds;
      const groups = await rollOut(
        parts,
        { prompts, groupSize: config.rollout.groupSize, sampling: config.rollout, purpose: 'rollout', step, round },
        { scored: (scored) => tally.add(scored), filtered: (...filtered) => tally.filtered(...filtered) },
      );
      this.announce(step, round, groups);
      return groups;
    };
    const { prompts: target, groupSize } = config.rollout;
    const request = { target, groupSize, step, prompts: parts.trainPrompts, rollout };
    const sampled = await callPlugin(parts.sampler, step, () => parts.sampler.instance.next(request));
    const groups = (sampled as Partial<typeof sampled> | undefined)?.groups;
    if (!groups) throw wrongCount(parts.sampler.label, 'groups', target, typeof sampled, parts.sampler.path);
    tally.surplus = sampled.surplus;
    if (sampled.exhausted !== undefined) this.tellOfShortBatch(step, sampled.exhausted);
    counters.generationRounds += tally.rounds;
    counters.promptsSeen += tally.groups;
    counters.generatedTokens += tally.generatedTokens;
    events.emit('rollout:finished', { step, groups });
    return { batch: new RolloutBatch(groups), tally };
  }

  private announce(step: number, round: number, groups: readonly Group[]): void {
    const { events } = this.context;
    const kept = groups.filter((group) => group.verdict === 'keep').length;
    events.emit('rollout:round', { step, round, groups: groups.length, kept });
    for (const group of groups) {
      if (group.verdict === 'drop')
        events.emit('group:dropped', { step, group, reason: group.reason ?? 'no reason given' });
    }
  }

  private async updateOn(batch: RolloutBatch, step: number): Promise<Metrics> {
    const { config, counters, events, random } = this.context;
    const updates = new MetricStore();
    let update = 0;
    for (let epoch = 0; epoch < config.update.epochs; epoch++) {
      for (const rows of cutMiniBatches(batch, config.update.miniBatch, random.key('mini-batches', step, epoch))) {
        const progress = counters.progress(config.budget);
        const metrics = await updateOnce(batch, rows, { ...this.context, progress });
        counters.optimizerSteps += metrics['update/applied']!;
        const weights = new MetricWeights(
          batch.lossMask.take(rows),
          rows.map((row) => batch.groupOf[row]!),
        );
        for (const [name, value] of Object.entries(metrics)) {
          const { over, reduce } = this.declarationOf(name);
          updates.record(name, value, reduce, weights.count(over));
        }
        if (update === 0)
          updates.record('update/first-log-prob-difference', metrics['policy/log-prob-difference'] ?? 0);
        events.emit('update:finished', { step, update, metrics });
        update += 1;
      }
    }
    updates.record('update/count', update);
    return updates.take();
  }

  private counterMetrics(tally: RolloutTally, started: number, trained: number, ended: number): Metrics {
    const { counters } = this.context;
    const seconds = (ended - started) / 1000;
    return {
      'counter/optimizer-steps': counters.optimizerSteps,
      'counter/generated-tokens': counters.generatedTokens,
      'counter/prompts-seen': counters.promptsSeen,
      'counter/generation-rounds': counters.generationRounds,
      'time/step-seconds': seconds,
      'time/rollout-seconds': (trained - started) / 1000,
      'time/update-seconds': (ended - trained) / 1000,
      'time/tokens-per-second': tally.generatedTokens / seconds,
      'time/total-seconds': counters.seconds,
      'time/money': counters.money,
    };
  }

  /** Asks the guards at a point after which nothing more can be skipped. Throws where they end the run. */
  async guard(point: 'rolled-out' | 'evaluated', metrics: Metrics): Promise<void> {
    const stopped = await this.askGuards(point, metrics);
    if (stopped) throw stopped;
  }

  private async askGuards(point: GuardPoint, metrics: Metrics): Promise<RunStopped | undefined> {
    const { parts, counters, config, events } = this.context;
    const progress = counters.progress(config.budget);
    const { decision, reason } = await askGuards(parts.guards, point, { progress, metrics }, events);
    return decision === 'stop' || decision === 'roll-back'
      ? new RunStopped(decision, reason, point !== 'rolled-out')
      : undefined;
  }

  /** How a metric is put together over the updates of a step: as it is declared; a mean weighs by what it is over. */
  private declarationOf(name: string): Pick<MetricDeclaration, 'over' | 'reduce'> {
    const { loss } = this.context.parts;
    const own = name.startsWith(`${loss.path}/`) ? loss.metrics[name.slice(loss.path.length + 1)] : undefined;
    return own ?? engineMetrics[name as keyof typeof engineMetrics] ?? { over: 'tokens', reduce: 'mean' };
  }

  /** Hands a record to every tracker, in order. */
  async track(record: TrackerRecord): Promise<void> {
    for (const tracker of this.context.parts.trackers) {
      await callPlugin(tracker, afterSteps(record.step), () => tracker.instance.track(record));
    }
  }
}

function shapingKeys(parts: Parts): string[] {
  return parts.rewards.filter(({ role }) => role === 'shaping').map(({ key }) => key);
}
