import { responseLength, type Group, type Metrics, type Response } from '../contracts/index.js';
import { weightAt } from '../config/weight.js';
import { mean } from './metrics.js';
import type { PlacedReward } from './parts.js';
import type { RolloutBatch } from './rollout-batch.js';

/** What a step's rollouts were like: over all sampled responses, before any filter. */
export class RolloutTally {
  private readonly responses: Response[] = [];
  private readonly reasons = new Map<string, number>();
  groups = 0;
  rounds = 0;
  /** Kept groups that the batch had no room for. */
  surplus = 0;

  add(groups: readonly Group[]): void {
    this.groups += groups.length;
    this.rounds += 1;
    for (const group of groups) this.responses.push(...group.responses);
  }

  filtered(place: string, level: string, verdict: string, reason: string): void {
    const name = `${place.replaceAll('.', '/')}/${verdict}-${level}s: ${reason}`;
    this.reasons.set(name, (this.reasons.get(name) ?? 0) + 1);
  }

  get generatedTokens(): number {
    return this.responses.reduce((sum, response) => sum + responseLength(response), 0);
  }

  metrics(): Metrics {
    const { responses } = this;
    const share = (test: (response: Response) => boolean): number => mean(responses.map((r) => (test(r) ? 1 : 0)));
    const scored = responses.filter((response) => response.score !== null);
    return {
      'rollout/score': mean(scored.map((response) => response.score!)),
      'rollout/accuracy': share((response) => response.correct === true),
      'rollout/response-length': mean(responses.map(responseLength)),
      'rollout/length-spread': standardDeviation(responses.map(responseLength)),
      'rollout/truncated': share((response) => response.finish === 'length'),
      'rollout/rounds': this.rounds,
      'rollout/groups': this.groups,
      'rollout/surplus': this.surplus,
      'rollout/generated-tokens': this.generatedTokens,
      ...Object.fromEntries(this.reasons),
    };
  }
}

/** What the update sees: the kept groups. */
export function batchMetrics(batch: RolloutBatch, shapingKeys: readonly string[]): Metrics {
  const { responses, groups } = batch;
  if (responses.length === 0) return { 'rollout/kept-groups': 0, 'rollout/live-groups': 0 };
  const shaping = shapingKeys.flatMap((key) => {
    const values = responses.map((response) => response.components[key] ?? 0);
    return [
      [`rewards/${key}/mean`, mean(values)],
      [`rewards/${key}/touched`, mean(values.map((value) => (value === 0 ? 0 : 1)))],
    ] as const;
  });
  return {
    'reward/mean': mean(responses.map((response) => response.reward)),
    'rollout/kept-groups': groups.length,
    'rollout/live-groups': groups.length === 0 ? 0 : countLive(batch) / groups.length,
    'rollout/masked-responses': mean(responses.map((response) => (response.verdict === 'mask' ? 1 : 0))),
    'rollout/loss-tokens': batch.lossMask.values.reduce((a, b) => a + b, 0),
    ...Object.fromEntries(shaping),
  };
}

/** What rewards weigh at a step, those whose weight moves. */
export function weightMetrics(rewards: readonly PlacedReward[], step: number): Metrics {
  const moving = rewards.filter(({ weight }) => typeof weight !== 'number');
  return Object.fromEntries(moving.map(({ key, weight }) => [`rewards/${key}/weight`, weightAt(weight, step)]));
}

/** A live group has an advantage that isn't 0. */
function countLive(batch: RolloutBatch): number {
  const live = new Set<number>();
  batch.responses.forEach((_, row) => {
    if (batch.advantages.row(row).some((advantage) => advantage !== 0)) live.add(batch.groupOf[row]!);
  });
  return live.size;
}

/** Over all values, not an estimate from a sample; 0 for none. */
function standardDeviation(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}
