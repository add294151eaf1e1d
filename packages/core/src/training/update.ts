import type { Metrics, Progress } from '../contracts/index.js';
import type { EventBus } from '../events/events.js';
import type { ResolvedConfig } from '../config/resolved-config.js';
import { nonFiniteUpdate } from '../errors/training-errors.js';
import type { Random } from '../random/random.js';
import { askGuards } from './guards.js';
import { buildObjective, reduceParts } from './objective.js';
import type { Parts } from './parts.js';
import { prepareMiniBatch } from './prepare-mini-batch.js';
import { RunStopped } from './run-stopped.js';
import type { RolloutBatch } from './rollout-batch.js';

export interface UpdateContext {
  readonly config: ResolvedConfig;
  readonly parts: Parts;
  readonly events: EventBus;
  readonly random: Random;
  readonly progress: Progress;
}

/**
 * One optimizer step on one mini-batch. Gives its metrics; `update/applied` is 0 where a guard or a non-finite
 * gradient put it off.
 *
 * @throws DapoError where a loss or gradient isn't finite and `update.nonFinite` is 'stop', before anything is applied
 */
export async function updateOnce(batch: RolloutBatch, rows: readonly number[], context: UpdateContext): Promise<Metrics> {
  const { config, parts, events, progress } = context;
  const policy = parts.policy.instance;
  const { temperature, maxResponseLength } = config.rollout;
  const miniBatch = await prepareMiniBatch(batch, rows, {
    ...context,
    policy,
    filters: parts.filters,
    loss: parts.loss,
    aggregation: parts.aggregation,
    temperature,
    maxResponseLength,
  });
  await policy.discard();
  const objective = buildObjective(miniBatch, parts.loss, { temperature, entropy: policy.traits.entropy });
  const report = await policy.accumulate(batch.policyBatch(rows), objective, config.update);
  const { total, ...reduced } = reduceParts(report.parts, miniBatch, parts.loss);
  const norm = await policy.gradientNorm();
  const metrics: Metrics = { ...reduced, 'update/loss': total ?? 0, 'update/gradient-norm': norm };

  const { decision, reason } = await askGuards(parts.guards, 'before-update', { progress, metrics }, events);
  if (decision === 'stop' || decision === 'roll-back') {
    await policy.discard();
    throw new RunStopped(decision, reason);
  }
  const finite = Number.isFinite(metrics['update/loss']) && Number.isFinite(norm);
  if (!finite && config.update.nonFinite === 'stop') {
    await policy.discard();
    throw nonFiniteUpdate(parts.loss.label, progress.rolloutStep, metrics['update/loss']!, norm);
  }
  if (!finite || decision === 'skip-update') {
    await policy.discard();
    return { ...metrics, 'update/applied': 0, 'update/learning-rate': 0 };
  }
  const learningRate = parts.optimizer.instance.learningRate * parts.schedule.instance.factor(progress);
  await policy.step({ optimizer: parts.optimizer.instance, learningRate, gradientNorm: norm });
  return { ...metrics, 'update/applied': 1, 'update/learning-rate': learningRate };
}
