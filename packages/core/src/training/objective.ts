import { tf } from '../tensors/tf.js';
import { inside } from '../tensors/masked.js';
import type { LossFn, LossInputs, MetricDeclaration, Metrics, Objective, ObjectiveInputs, Progress } from '../contracts/index.js';
import { undeclaredMetric, wrongShape } from '../errors/run-errors.js';
import type { Random } from '../random/random.js';
import { callPlugin } from './call-plugin.js';
import { engineMetrics } from './engine-metrics.js';
import { sameShape } from './estimate-advantages.js';
import type { Matrix } from './matrix.js';
import { metricPrefix, reduceValues } from './metrics.js';
import type { Placed } from './parts.js';
import type { RolloutBatch } from './rollout-batch.js';

/** Everything that is fixed for one mini-batch before it is split. Matrices have one row per row of the mini-batch. */
export interface MiniBatch {
  readonly batch: RolloutBatch;
  /** Rows of the rollout batch. */
  readonly rows: readonly number[];
  /** Tokens of the mini-batch before token filters. */
  readonly lossMask: Matrix;
  /** Tokens that carry loss. */
  readonly mask: Matrix;
  /** Share of the tokens that each token filter put out. */
  readonly putOut: Metrics;
  /** Aggregation weight times correction. */
  readonly weights: Matrix;
  readonly prepared: Readonly<Record<string, Matrix>>;
  readonly progress: Progress;
  readonly random: Random;
}

/** The inputs of a loss for some rows of a mini-batch, as tensors. */
export function lossInputs(miniBatch: MiniBatch, { logProbs, entropy, rows }: ObjectiveInputs): LossInputs {
  const { batch } = miniBatch;
  const width = logProbs.shape[1];
  const ofBatch = rows.map((row) => miniBatch.rows[row]!);
  return {
    logProbs,
    entropy,
    oldLogProbs: batch.oldLogProbs.tensor(ofBatch, width),
    behaviourLogProbs: batch.behaviourLogProbs.tensor(ofBatch, width),
    advantages: batch.advantages.tensor(ofBatch, width),
    mask: miniBatch.mask.tensor(rows, width),
    signal: (name) => batch.signal(name).tensor(ofBatch, width),
    prepared: Object.fromEntries(
      Object.entries(miniBatch.prepared).map(([name, matrix]) => [name, matrix.tensor(rows, width)]),
    ),
    progress: miniBatch.progress,
    random: miniBatch.random,
  };
}

/**
 * Log-probs → Σ weight · loss over the rows of a micro-batch, and for every declared metric a partial reduction that
 * `reduceParts` puts together: neither depends on the split.
 */
export function buildObjective(
  miniBatch: MiniBatch,
  loss: Placed<LossFn>,
  options: { readonly temperature: number; readonly entropy: boolean },
): Objective {
  return {
    temperature: options.temperature,
    needsEntropy: options.entropy,
    evaluate: (policyOutputs) => {
      const inputs = lossInputs(miniBatch, policyOutputs);
      const outputs = callLoss(loss, inputs);
      const weights = miniBatch.weights.tensor(policyOutputs.rows, inputs.logProbs.shape[1]);
      const total = tf.sum<tf.Scalar>(tf.mul(weights, inside(outputs.loss, inputs.mask)));
      const scalars: Record<string, tf.Scalar> = {};
      for (const [name, value] of Object.entries(outputs.metrics ?? {})) {
        const declaration = loss.metrics[name];
        if (!declaration) throw undeclaredMetric(loss.label, name, Object.keys(loss.metrics));
        scalars[`${metricPrefix(loss.path)}/${name}`] = partial(value, declaration, inputs.mask);
      }
      const all = miniBatch.lossMask.tensor(policyOutputs.rows, inputs.logProbs.shape[1]);
      if (inputs.entropy) scalars['policy/entropy'] = partial(inputs.entropy, engineMetrics['policy/entropy'], all);
      scalars['policy/log-prob-difference'] = tf.max(
        tf.abs(inside(tf.sub(inputs.logProbs, inputs.oldLogProbs), all)),
      ) as tf.Scalar;
      return { total, scalars };
    },
  };
}

function callLoss(loss: Placed<LossFn>, inputs: LossInputs): ReturnType<LossFn['perToken']> {
  const outputs = callPlugin(loss, inputs.progress.rolloutStep, () => loss.instance.perToken(inputs));
  if (!sameShape(outputs.loss.shape, inputs.logProbs.shape)) {
    throw wrongShape(loss.label, `[${inputs.logProbs.shape.join(', ')}]`, `[${outputs.loss.shape.join(', ')}]`, loss.path);
  }
  return outputs;
}

/** A metric as its declaration says, over the tokens or responses of a mask that is all there is. */
export function reduceMetric(value: tf.Tensor, declaration: MetricDeclaration, mask: tf.Tensor2D): tf.Scalar {
  const reduced = partial(value, declaration, mask);
  if (declaration.reduce !== 'mean') return reduced;
  return tf.divNoNan<tf.Scalar>(reduced, tf.sum(declaration.over === 'tokens' ? mask : tf.max(mask, 1)));
}

/** Sum, minimum or maximum of a metric over the tokens or responses of a micro-batch. */
function partial(value: tf.Tensor, { over, reduce }: MetricDeclaration, mask: tf.Tensor2D): tf.Scalar {
  const counted = over === 'tokens' ? mask : (tf.max<tf.Tensor>(mask, 1));
  if (reduce === 'min') return tf.min<tf.Scalar>(tf.where(tf.greater(counted, 0), value, tf.onesLike(value).mul(3e38)));
  if (reduce === 'max') return tf.max<tf.Scalar>(tf.where(tf.greater(counted, 0), value, tf.onesLike(value).mul(-3e38)));
  return tf.sum<tf.Scalar>(inside(value, counted));
}

/** Puts the partial reductions of the micro-batches together. */
export function reduceParts(
  parts: readonly Readonly<Record<string, number>>[],
  miniBatch: MiniBatch,
  loss: Placed<LossFn>,
): Record<string, number> {
  const metrics: Record<string, number> = {};
  for (const name of Object.keys(parts[0] ?? {})) {
    const declaration = declarationOf(name, loss);
    const values = parts.map((part) => part[name]!);
    const mask = name.startsWith('policy/') ? miniBatch.lossMask : miniBatch.mask;
    const count = countOf(mask, declaration.over);
    if (name !== 'total' && count === 0) continue;
    metrics[name] = declaration.reduce === 'mean' ? reduceValues(values, 'sum') / count : reduceValues(values, declaration.reduce);
  }
  return metrics;
}

/** Tokens in a mask, or responses that have one. */
export function countOf(mask: Matrix, over: MetricDeclaration['over']): number {
  if (over === 'tokens') return mask.values.reduce((a, b) => a + b, 0);
  return Array.from({ length: mask.rows }, (_, row) => mask.row(row)).filter((row) => row.includes(1)).length;
}

function declarationOf(name: string, loss: Placed<LossFn>): Pick<MetricDeclaration, 'over' | 'reduce'> {
  if (name === 'policy/entropy' || name === 'policy/log-prob-difference') return engineMetrics[name];
  if (name === 'total') return { over: 'step', reduce: 'sum' };
  return loss.metrics[name.slice(metricPrefix(loss.path).length + 1)]!;
}
