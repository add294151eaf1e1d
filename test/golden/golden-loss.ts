import { inside, tf, type Aggregation, type LossFn, type MetricTensors } from '@dapo/core';
import { fixtureLossInputs, type LossMatrices } from '@dapo/core/testing';
import type { GoldenMatrix } from './golden-tolerance.js';

/** What losses are computed on in a golden case. */
export interface GoldenBatch {
  readonly mask: GoldenMatrix;
  readonly log_probs: GoldenMatrix;
  readonly old_log_probs: GoldenMatrix;
  readonly advantages: GoldenMatrix;
  readonly ref_log_probs?: GoldenMatrix;
  readonly entropy?: GoldenMatrix;
  /** The group of each response. */
  readonly groups?: readonly number[];
}

export interface GoldenLoss {
  readonly loss: LossFn;
  readonly aggregation: Aggregation;
  /** Where they differ from the case's: tokens that carry loss, and those in the normaliser. */
  readonly mask?: GoldenMatrix;
  readonly counted?: GoldenMatrix;
  /** Constants on each token. */
  readonly weights?: GoldenMatrix;
}

export interface GoldenLossResult {
  readonly loss: number;
  readonly grad: Float32Array;
  /** Mean of each metric per token over the mask. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly weights: Float32Array;
}

/** Σ weight · loss and its gradient by log-probs, the whole case as one micro-batch. */
export async function evaluateLoss(batch: GoldenBatch, parts: GoldenLoss): Promise<GoldenLossResult> {
  const maskRows = parts.mask ?? batch.mask;
  let metrics: MetricTensors = {};
  const tensors = tf.tidy(() => {
    const mask = matrix(maskRows);
    const at = matrix(batch.log_probs);
    const weights = tokenWeights(batch, parts, mask);
    const prepared = prepare(batch, parts.loss, maskRows);
    const total = (logProbs: tf.Tensor): tf.Scalar => {
      const inputs = { ...fixtureLossInputs(matrices(batch, maskRows, logProbs as tf.Tensor2D)), prepared };
      const outputs = parts.loss.perToken(inputs);
      metrics = Object.fromEntries(
        Object.entries(outputs.metrics ?? {}).map(([name, value]) => [name, tf.keep(meanOver(value, mask))]),
      );
      return tf.sum(tf.mul(weights, inside(outputs.loss, mask)));
    };
    const { value, grad } = tf.valueAndGrad(total)(at);
    return { value, grad, weights };
  });
  const result = {
    loss: (await tensors.value.data())[0]!,
    grad: (await tensors.grad.data()) as Float32Array,
    weights: (await tensors.weights.data()) as Float32Array,
    metrics: await scalars(metrics),
  };
  tf.dispose([tensors, metrics as Record<string, tf.Tensor>]);
  return result;
}

function matrices(batch: GoldenBatch, mask: GoldenMatrix, logProbs: tf.Tensor2D): LossMatrices {
  return {
    logProbs,
    oldLogProbs: batch.old_log_probs,
    advantages: batch.advantages,
    mask,
    entropy: batch.entropy,
    signals: batch.ref_log_probs && { 'reference-log-probs': batch.ref_log_probs },
  };
}

function prepare(batch: GoldenBatch, loss: LossFn, mask: GoldenMatrix): Record<string, tf.Tensor2D> {
  const inputs = fixtureLossInputs(matrices(batch, mask, matrix(batch.log_probs)));
  return { ...loss.prepare?.(inputs) } as Record<string, tf.Tensor2D>;
}

function tokenWeights(batch: GoldenBatch, parts: GoldenLoss, mask: tf.Tensor2D): tf.Tensor {
  const groups = batch.groups ?? batch.mask.map((_, r) => r);
  const weights = parts.aggregation.weights({
    mask,
    counted: parts.counted ? matrix(parts.counted) : mask,
    groupOf: tf.tensor1d([...groups], 'int32'),
    groups: new Set(groups).size,
    maxResponseLength: batch.mask[0]!.length,
  });
  return parts.weights ? tf.mul(weights, matrix(parts.weights)) : weights;
}

function matrix(rows: GoldenMatrix): tf.Tensor2D {
  return tf.tensor2d(rows.map((row) => [...row]));
}

function meanOver(value: tf.Tensor, mask: tf.Tensor2D): tf.Scalar {
  return tf.div(tf.sum(inside(value, mask)), tf.sum(mask));
}

async function scalars(tensors: MetricTensors): Promise<Record<string, number>> {
  const entries = Object.entries(tensors).map(async ([name, value]) => [name, (await value.data())[0]!] as const);
  return Object.fromEntries(await Promise.all(entries));
}
