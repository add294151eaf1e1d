import { tf } from '../tensors/tf.js';
import { inside } from '../tensors/masked.js';
import type {
  LossFn,
  LossInputs,
  MetricDeclaration,
  Metrics,
  Objective,
  ObjectiveInputs,
  Progress,
} from '../contracts/index.js';
import { undeclaredMetric } from '../errors/run-errors.js';
import type { Random } from '../random/random.js';
import { checkTensor } from './check-values.js';
import { callPlugin } from './call-plugin.js';
import { engineMetrics } from './engine-metrics.js';
import type { Matrix } from './matrix.js';
import { checkMetricShape, MetricWeights } from './metric-weights.js';
import { metricPrefix } from './metrics.js';
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
  const { carriesLoss, all } = weightsOf(miniBatch);
  return {
    temperature: options.temperature,
    needsEntropy: options.entropy,
    evaluate: (policyOutputs) => {
      const inputs = lossInputs(miniBatch, policyOutputs);
      const outputs = callLoss(loss, inputs);
      const { rows } = policyOutputs;
      const width = inputs.logProbs.shape[1];
      const weights = miniBatch.weights.tensor(rows, width);
      const total = tf.sum<tf.Scalar>(tf.mul(weights, inside(outputs.loss, inputs.mask)));
      const scalars: Record<string, tf.Scalar> = {};
      for (const [name, value] of Object.entries(outputs.metrics ?? {})) {
        const declaration = loss.metrics[name];
        if (!declaration)
          throw undeclaredMetric(`${loss.label}, or a part of it,`, name, Object.keys(loss.metrics), loss.path);
        checkMetricShape(loss.label, name, value, declaration.over, inputs.mask.shape, loss.path);
        scalars[`${metricPrefix(loss.path)}/${name}`] = carriesLoss.partial(value, declaration, rows, width);
      }
      if (inputs.entropy) {
        scalars['policy/entropy'] = all.partial(inputs.entropy, engineMetrics['policy/entropy'], rows, width);
      }
      const before = miniBatch.lossMask.tensor(rows, width);
      scalars['policy/log-prob-difference'] = tf.max(
        tf.abs(inside(tf.sub(inputs.logProbs, inputs.oldLogProbs), before)),
      ) as tf.Scalar;
      return { total, scalars };
    },
  };
}

/** The loss of each token, checked. */
export function callLoss(loss: Placed<LossFn>, inputs: LossInputs): ReturnType<LossFn['perToken']> {
  const outputs = callPlugin(loss, inputs.progress.rolloutStep, () => loss.instance.perToken(inputs));
  const given = outputs as Partial<typeof outputs> | undefined;
  checkTensor(loss, given?.loss, inputs.logProbs.shape);
  return outputs;
}

/** Puts the partial reductions of the micro-batches together. */
export function reduceParts(
  parts: readonly Readonly<Record<string, number>>[],
  miniBatch: MiniBatch,
  loss: Placed<LossFn>,
): Record<string, number> {
  const metrics: Record<string, number> = {};
  const { carriesLoss, all } = weightsOf(miniBatch);
  for (const name of Object.keys(parts[0] ?? {})) {
    const declaration = declarationOf(name, loss);
    const values = parts.map((part) => part[name]!);
    const weights = name.startsWith('policy/') ? all : carriesLoss;
    if (name === 'total' || weights.count(declaration.over) > 0) metrics[name] = weights.whole(values, declaration);
  }
  return metrics;
}

/** Of the tokens that carry loss, for what a loss says; of all tokens before token filters, for what the policy says. */
function weightsOf({ batch, rows, mask, lossMask }: MiniBatch): {
  readonly carriesLoss: MetricWeights;
  readonly all: MetricWeights;
} {
  const groupOf = rows.map((row) => batch.groupOf[row]!);
  return { carriesLoss: new MetricWeights(mask, groupOf), all: new MetricWeights(lossMask, groupOf) };
}

function declarationOf(name: string, loss: Placed<LossFn>): Pick<MetricDeclaration, 'over' | 'reduce'> {
  if (name === 'policy/entropy' || name === 'policy/log-prob-difference') return engineMetrics[name];
  if (name === 'total') return { over: 'step', reduce: 'sum' };
  return loss.metrics[name.slice(metricPrefix(loss.path).length + 1)]!;
}
