import type { Metrics, Progress } from '../contracts/index.js';
import type { EventBus } from '../events/events.js';
import type { ResolvedConfig } from '../config/resolved-config.js';
import { sentenceOf } from '../errors/dapo-error.js';
import { nonFiniteUpdate } from '../errors/training-errors.js';
import { tf } from '../tensors/tf.js';
import type { Random } from '../random/random.js';
import { callPlugin } from './call-plugin.js';
import { explainNonFinite } from './explain-non-finite.js';
import { askGuards } from './guards.js';
import { accountForLoss } from './leaking-loss.js';
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
export async function updateOnce(
  batch: RolloutBatch,
  rows: readonly number[],
  context: UpdateContext,
): Promise<Metrics> {
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
  // Without a token that carries loss the gradient is 0, and a step would only move the optimizer's moments.
  if (!miniBatch.mask.values.includes(1)) return { ...miniBatch.putOut, 'update/applied': 0 };
  const tensors = tf.memory().numTensors;
  const objective = buildObjective(miniBatch, parts.loss, { temperature, entropy: policy.traits.entropy });
  const report = await policy.accumulate(batch.policyBatch(rows), objective, config.update);
  const { total, ...reduced } = reduceParts(report.parts, miniBatch, parts.loss);
  const norm = await policy.gradientNorm();
  const metrics: Metrics = {
    ...reduced,
    ...miniBatch.putOut,
    'update/loss': total ?? 0,
    'update/gradient-norm': norm,
    ...(report.positions && {
      'update/padding-share': report.positions.padding / Math.max(1, report.positions.computed),
    }),
  };

  const finite = Number.isFinite(metrics['update/loss']) && Number.isFinite(norm);
  const nonFinite = finite ? undefined : await explainNonFinite(miniBatch, parts, temperature);
  if (nonFinite) events.emit('log', { level: 'warning', source: nonFinite.path ?? 'loss', message: nonFinite.message });
  const facts = { progress, metrics, ...(nonFinite && { nonFinite: sentenceOf(nonFinite) }) };
  const { decision, reason } = await askGuards(parts.guards, 'before-update', facts, events);
  if (decision === 'stop' || decision === 'roll-back') {
    await policy.discard();
    throw new RunStopped(decision, reason, false);
  }
  if (decision === 'skip-update' || (!finite && config.update.nonFinite === 'skip')) {
    await policy.discard();
    // What was not applied, and may not be finite, says nothing of the step.
    return { ...miniBatch.putOut, 'update/applied': 0 };
  }
  if (!finite) {
    await policy.discard();
    throw nonFiniteUpdate(parts.loss.label, progress.rolloutStep, metrics['update/loss']!, norm, nonFinite);
  }
  const step = progress.rolloutStep;
  const factor = callPlugin(parts.schedule, step, () => parts.schedule.instance.factor(progress));
  const learningRate = parts.optimizer.instance.learningRate * factor;
  const request = { optimizer: parts.optimizer.instance, learningRate, gradientNorm: norm };
  await policy.step(request);
  if (tf.memory().numTensors > tensors) accountForLoss(miniBatch, parts);
  return { ...metrics, 'update/applied': 1, 'update/learning-rate': learningRate };
}
