import { inside } from '../tensors/masked.js';
import { tf } from '../tensors/tf.js';
import type { Aggregation, Filter, LossFn, Metrics, Policy, Progress } from '../contracts/index.js';
import type { Random } from '../random/random.js';
import { checkFinite, checkTensor, checkTensorShape } from './check-values.js';
import { callPlugin } from './call-plugin.js';
import { tidyAround } from './kept-tensors.js';
import { Matrix } from './matrix.js';
import { metricPrefix } from './metrics.js';
import { lossInputs, type MiniBatch } from './objective.js';
import type { Placed } from './parts.js';
import type { RolloutBatch } from './rollout-batch.js';

export interface PrepareContext {
  readonly policy: Policy;
  readonly filters: readonly Placed<Filter>[];
  readonly loss: Placed<LossFn>;
  readonly aggregation: Placed<Aggregation>;
  readonly temperature: number;
  readonly maxResponseLength: number;
  readonly progress: Progress;
  readonly random: Random;
}

/** Detached log-probs and entropy of the current weights, over the whole mini-batch. */
interface Current {
  readonly logProbs: Matrix;
  readonly entropy?: Matrix;
}

/**
 * All that is decided over a whole mini-batch before it is split: token filters, the loss's own selections, and the
 * weight of every token.
 */
export async function prepareMiniBatch(
  batch: RolloutBatch,
  rows: readonly number[],
  context: PrepareContext,
): Promise<MiniBatch> {
  const shared = { batch, rows, progress: context.progress, random: context.random };
  const current = await currentOutputs(batch, rows, context);
  const lossMask = batch.lossMask.take(rows);
  const { mask, counted, putOut } = await applyTokenFilters({ ...shared, lossMask }, context, current);
  const draft: MiniBatch = { ...shared, lossMask, mask, weights: mask, prepared: {}, putOut };
  const prepared = await prepareLoss(draft, context.loss, current);
  const weights = await tokenWeights(draft, counted, context);
  return { ...draft, prepared, weights };
}

/** One forward pass more, only where a token filter or the loss asks for it. */
async function currentOutputs(
  batch: RolloutBatch,
  rows: readonly number[],
  { policy, filters, loss, temperature }: PrepareContext,
): Promise<Current | undefined> {
  const tokenFilters = filters.filter(({ instance }) => instance.level === 'token');
  const needs = new Set([...tokenFilters, ...(loss.instance.prepare ? [loss] : [])].flatMap((part) => part.needs));
  const entropy = needs.has('entropy');
  if (!entropy && !needs.has('current-log-probs')) return undefined;
  const outputs = await policy.logProbs(batch.policyBatch(rows), { temperature, entropy });
  const widened = (values: Float32Array): Matrix => Matrix.fromWidth(rows.length, batch.width, values, outputs.width);
  return { logProbs: widened(outputs.logProbs), entropy: outputs.entropy && widened(outputs.entropy) };
}

async function applyTokenFilters(
  { batch, rows, lossMask, progress }: Pick<MiniBatch, 'batch' | 'rows' | 'lossMask' | 'progress'>,
  { filters }: PrepareContext,
  current: Current | undefined,
): Promise<{ mask: Matrix; counted: Matrix; putOut: Metrics }> {
  let mask = lossMask;
  let counted = lossMask;
  const putOut: Metrics = {};
  for (const filter of filters) {
    if (filter.instance.level !== 'token') continue;
    const { instance } = filter;
    const selected = tidyAround(filter, () => {
      const before = mask.whole();
      const chosen = callPlugin(filter, progress.rolloutStep, () =>
        instance.select({
          mask: before,
          oldLogProbs: batch.oldLogProbs.tensor(rows),
          behaviourLogProbs: batch.behaviourLogProbs.tensor(rows),
          advantages: batch.advantages.tensor(rows),
          logProbs: filter.needs.includes('current-log-probs') ? current!.logProbs.whole() : undefined,
          entropy: current?.entropy?.whole(),
          policyAge: policyAge(batch, rows, progress),
          progress,
        }),
      );
      checkTensorShape(filter, chosen, before.shape);
      return tf.mul(before, chosen);
    });
    const left = await toMatrix(selected);
    if (!instance.countsFiltered) counted = withoutPutOut(counted, mask, left);
    putOut[`${metricPrefix(filter.path)}/put-out`] = 1 - sum(left) / Math.max(1, sum(mask));
    mask = left;
  }
  return { mask, counted, putOut };
}

/** The normaliser without what one filter put out; what other filters did stays as it is. */
function withoutPutOut(counted: Matrix, before: Matrix, after: Matrix): Matrix {
  const values = counted.values.map((value, i) => value * (1 - (before.values[i]! - after.values[i]!)));
  return new Matrix(counted.rows, counted.width, values);
}

function sum({ values }: Matrix): number {
  return values.reduce((a, b) => a + b, 0);
}

/** How many updates old the weights are that sampled each response [R, T]. */
function policyAge(batch: RolloutBatch, rows: readonly number[], { optimizerStep }: Progress): tf.Tensor2D {
  const ages = rows.map((row) => [optimizerStep - batch.responses[row]!.policyVersion]);
  return tf.tile(tf.tensor2d(ages), [1, batch.width]);
}

async function prepareLoss(
  draft: MiniBatch,
  loss: Placed<LossFn>,
  current: Current | undefined,
): Promise<Record<string, Matrix>> {
  if (!loss.instance.prepare) return {};
  const rows = draft.rows.map((_, i) => i);
  const tensors = tidyAround(loss, () =>
    callPlugin(loss, draft.progress.rolloutStep, () =>
      loss.instance.prepare!(
        lossInputs(draft, {
          logProbs: (current?.logProbs ?? draft.batch.oldLogProbs.take(draft.rows)).whole(),
          entropy: current?.entropy?.whole(),
          rows,
        }),
      ),
    ),
  );
  const entries = Object.entries(tensors).map(async ([name, tensor]) => {
    checkTensorShape(loss, tensor, [draft.mask.rows, draft.mask.width]);
    return [name, await toMatrix(tensor)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function tokenWeights(
  { batch, rows, mask, progress }: MiniBatch,
  counted: Matrix,
  { aggregation, maxResponseLength }: PrepareContext,
): Promise<Matrix> {
  const groups = new Map<number, number>();
  const groupOf = rows.map((row) => {
    const group = batch.groupOf[row]!;
    if (!groups.has(group)) groups.set(group, groups.size);
    return groups.get(group)!;
  });
  const weights = tidyAround(aggregation, () => {
    const maskTensor = mask.whole();
    const out = callPlugin(aggregation, progress.rolloutStep, () =>
      aggregation.instance.weights({
        mask: maskTensor,
        counted: counted === mask ? maskTensor : counted.whole(),
        groupOf: tf.tensor1d(groupOf, 'int32'),
        groups: groups.size,
        maxResponseLength,
      }),
    );
    checkTensor(aggregation, out, maskTensor.shape);
    // A weight outside the mask may be anything, and NaN · 0 is NaN.
    return inside(batch.correction ? tf.mul(out, batch.correction.tensor(rows)) : out, maskTensor);
  });
  const matrix = await toMatrix(weights);
  checkFinite(aggregation, matrix, mask, { batch, rows, step: progress.rolloutStep });
  return matrix;
}

async function toMatrix(tensor: tf.Tensor): Promise<Matrix> {
  const [rows, width] = tensor.shape as [number, number];
  const values = Float32Array.from(await tensor.data());
  tensor.dispose();
  return new Matrix(rows, width, values);
}
