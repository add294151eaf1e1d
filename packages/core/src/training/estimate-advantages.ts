import { tf } from '../tensors/tf.js';
import { wrongShape } from '../errors/run-errors.js';
import type { AdvantageInputs, AdvantageEstimator } from '../contracts/index.js';
import { checkFinite, checkFloat, checkTensorShape, sameShape } from './check-values.js';
import { callPlugin } from './call-plugin.js';
import { tidyAround } from './kept-tensors.js';
import { Matrix } from './matrix.js';
import type { Placed } from './parts.js';
import type { RolloutBatch } from './rollout-batch.js';

/** [B, G] matrices: one row a group, its responses from the left, 0 where there is none. */
function groupMatrix(batch: RolloutBatch, size: number, value: (row: number) => number): Matrix {
  const matrix = new Matrix(batch.groups.length, size);
  let row = 0;
  batch.groups.forEach((group, g) => {
    group.responses.forEach((_, i) => {
      matrix.values[g * size + i] = value(row);
      row += 1;
    });
  });
  return matrix;
}

/** A response's own reward stands on the last token that the policy chose, or on position 0 of an empty response. */
function tokenRewardsOf(batch: RolloutBatch): Matrix {
  const matrix = new Matrix(batch.responses.length, batch.width);
  batch.responses.forEach((response, row) => {
    if (response.tokenRewards) matrix.setRow(row, response.tokenRewards);
    const last = Math.max(0, response.sampled.lastIndexOf(1));
    matrix.values[row * batch.width + last]! += response.reward;
  });
  return matrix;
}

function advantageInputs(batch: RolloutBatch): AdvantageInputs {
  const size = batch.groups.reduce((largest, { responses }) => Math.max(largest, responses.length), 1);
  const lengths = batch.lengths();
  const tokenRewards = tokenRewardsOf(batch);
  const total = (row: number): number => tokenRewards.row(row).reduce((sum, value) => sum + value, 0);
  return {
    rewards: groupMatrix(batch, size, total).whole(),
    present: groupMatrix(batch, size, () => 1).whole(),
    lengths: groupMatrix(batch, size, (row) => lengths[row]!).whole(),
    correct: groupMatrix(batch, size, (row) => (batch.responses[row]!.correct ? 1 : 0)).whole(),
    mask: batch.sampledMask.whole(),
    tokenRewards: tokenRewards.whole(),
    groupOf: tf.tensor1d(batch.groupOf, 'int32'),
    signal: (name) => batch.signal(name).whole(),
  };
}

/** Spreads one advantage per response over its tokens. */
function overTokens(batch: RolloutBatch, perResponse: Float32Array, size: number): Matrix {
  const matrix = new Matrix(batch.responses.length, batch.width);
  let row = 0;
  batch.groups.forEach((group, g) => {
    group.responses.forEach((response, i) => {
      const advantage = perResponse[g * size + i]!;
      for (let t = 0; t < response.tokens.length; t++) matrix.values[row * batch.width + t] = advantage;
      row += 1;
    });
  });
  return matrix;
}

/** Runs the estimator and gives advantages [R, T]. Throws where its shape is neither [B, G] nor [R, T]. */
export async function estimateAdvantages(
  batch: RolloutBatch,
  estimator: Placed<AdvantageEstimator>,
  step: number,
): Promise<Matrix> {
  const [result, groupShape] = tidyAround(estimator, () => {
    const inputs = advantageInputs(batch);
    const { shape } = inputs.rewards;
    const given: unknown = callPlugin(estimator, step, () => estimator.instance.estimate(inputs));
    if (!(given instanceof tf.Tensor)) checkTensorShape(estimator, given, shape);
    return [given as tf.Tensor, shape] as const;
  });
  const values = (await result.data()) as Float32Array;
  const { shape } = result;
  result.dispose();
  const matrix = advantageMatrix(batch, values, shape, groupShape, estimator);
  checkFloat(estimator, result);
  checkFinite(estimator, matrix, batch.sampledMask, { batch, step });
  return matrix;
}

/** One advantage per response [B, G] or per token [R, T], as one per token. */
function advantageMatrix(
  batch: RolloutBatch,
  values: Float32Array,
  shape: readonly number[],
  groupShape: readonly [number, number],
  { label, path }: Placed<AdvantageEstimator>,
): Matrix {
  const tokenShape = [batch.responses.length, batch.width];
  if (sameShape(shape, groupShape)) return overTokens(batch, values, groupShape[1]);
  if (sameShape(shape, tokenShape)) return new Matrix(tokenShape[0]!, tokenShape[1]!, Float32Array.from(values));
  throw wrongShape(label, `[${groupShape.join(', ')}] or [${tokenShape.join(', ')}]`, `[${shape.join(', ')}]`, path);
}
