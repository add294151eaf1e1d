import type { LossInputs, Progress } from '../../contracts/index.js';
import { Random } from '../../random/random.js';
import { tf } from '../../tensors/tf.js';
import { startOfRun } from '../fixtures.js';
import { needNotDeclared } from './undeclared.js';

/** A matrix [responses][tokens] on the host. */
export type Rows = readonly (readonly number[])[];

/** What loss functions and their parts see of a mini-batch, and a weight for each token, all different. */
export interface TokenBatch {
  readonly mask: Rows;
  readonly logProbs: Rows;
  readonly oldLogProbs: Rows;
  readonly behaviourLogProbs: Rows;
  readonly advantages: Rows;
  readonly entropy: Rows;
  /** What every signal is. */
  readonly signal: Rows;
  readonly weights: Rows;
  /** 0/1 and such of `LossFn.prepare`. */
  readonly prepared: Readonly<Record<string, Rows>>;
  /** The group of each response. */
  readonly groupOf: readonly number[];
  /** How far the run is; by default at its start. */
  readonly progress?: Progress;
}

type MatrixName = Exclude<keyof TokenBatch, 'prepared' | 'groupOf' | 'progress'>;
const MATRICES: readonly MatrixName[] = [
  'mask',
  'logProbs',
  'oldLogProbs',
  'behaviourLogProbs',
  'advantages',
  'entropy',
  'signal',
  'weights',
];

/** Log-ratios inside usual bounds, beyond them, and beyond a dual clip's. */
const LOG_RATIOS = [0.05, 0.5, -0.5, 1.4, -0.1, 0.7, 0.02, -0.6];
const ADVANTAGES = [1, -0.7, 0.4, -1.2, 1.6];

/** Three groups, the last of one response; a token of an environment within the first response. */
const ORDINARY: Rows = [
  [1, 1, 0, 1],
  [1, 1, 1, 1],
  [1, 0, 0, 0],
  [1, 1, 1, 0],
  [1, 1, 0, 0],
];

/** A batch of the given mask; every number follows from its row and token. */
export function tokenBatch(mask: Rows = ORDINARY, groupOf: readonly number[] = [0, 0, 1, 1, 2]): TokenBatch {
  const random = new Random(5);
  const rows = (value: (r: number, t: number) => number): Rows => mask.map((row, r) => row.map((_, t) => value(r, t)));
  const drawn = (name: string, low: number, high: number): Rows =>
    rows((r, t) => low + (high - low) * random.key(name, r).uniform(t));
  const logProbs = drawn('log-probs', -2.5, -0.3);
  return {
    mask,
    logProbs,
    oldLogProbs: rows((r, t) => logProbs[r]![t]! - LOG_RATIOS[(3 * r + t) % LOG_RATIOS.length]!),
    behaviourLogProbs: rows((r, t) => logProbs[r]![t]! - 0.8 * LOG_RATIOS[(r + 3 * t) % LOG_RATIOS.length]!),
    advantages: rows((r) => ADVANTAGES[r % ADVANTAGES.length]!),
    entropy: drawn('entropy', 0.2, 1.6),
    signal: rows((r, t) => logProbs[r]![t]! - LOG_RATIOS[(2 * r + 5 * t + 1) % LOG_RATIOS.length]!),
    weights: drawn('weights', 0.3, 1.3),
    prepared: {},
    groupOf,
  };
}

/** The ordinary batch with an empty response and one that is masked whole. */
export function batchWithEmptyResponses(): TokenBatch {
  return tokenBatch([...ORDINARY.slice(0, 3), [0, 0, 0, 0], [0, 0, 0, 0]], [0, 0, 1, 1, 2]);
}

/** A batch of which nothing carries loss. */
export function fullyMaskedBatch(): TokenBatch {
  return tokenBatch(ORDINARY.map((row) => row.map(() => 0)));
}

/** One response of one token. */
export function smallestBatch(): TokenBatch {
  return tokenBatch([[1]], [0]);
}

/** Every matrix, the prepared ones too, made into another. */
export function mapMatrices(batch: TokenBatch, change: (matrix: Rows, name: string) => Rows): TokenBatch {
  const changed = Object.fromEntries(MATRICES.map((name) => [name, change(batch[name], name)]));
  const prepared = Object.fromEntries(
    Object.entries(batch.prepared).map(([name, matrix]) => [name, change(matrix, name)]),
  );
  return { ...batch, ...changed, prepared };
}

/** Some of the responses, in this order; groups are numbered anew. */
export function takeResponses(batch: TokenBatch, order: readonly number[]): TokenBatch {
  const numbers = [...new Set(order.map((r) => batch.groupOf[r]!))];
  return {
    ...mapMatrices(batch, (matrix) => order.map((r) => matrix[r]!)),
    groupOf: order.map((r) => numbers.indexOf(batch.groupOf[r]!)),
  };
}

/** More tokens on the right, which nothing counts. */
export function padded(batch: TokenBatch, by: number): TokenBatch {
  return mapMatrices(batch, (matrix) => matrix.map((row) => [...row, ...new Array<number>(by).fill(0)]));
}

/** Other numbers wherever the mask is 0. */
export function withOutside(batch: TokenBatch, value: number): TokenBatch {
  return mapMatrices(batch, (matrix, name) =>
    name === 'mask' || name === 'weights' ? matrix : outside(matrix, batch.mask, value),
  );
}

function outside(matrix: Rows, mask: Rows, value: number): Rows {
  return matrix.map((row, r) => row.map((x, t) => (mask[r]![t] === 1 ? x : value)));
}

/** Numbers where the mask is 1, 0 elsewhere. */
export function insideOf(matrix: Rows, mask: Rows): Rows {
  return outside(matrix, mask, 0);
}

/** A matrix as a tensor. */
export function matrixTensor(rows: Rows): tf.Tensor2D {
  return tf.tensor2d(
    rows.map((row) => [...row]),
    [rows.length, rows[0]!.length],
  );
}

/** The rows of a tensor [responses, tokens]. */
export async function readRows(tensor: tf.Tensor): Promise<Rows> {
  const values = await tensor.data();
  const width = tensor.shape[1]!;
  return Array.from({ length: tensor.shape[0]! }, (_, r) => Array.from(values.slice(r * width, (r + 1) * width)));
}

/**
 * The batch as a loss is handed it, by a policy that gives entropies unless told otherwise. Call it in a
 * tidy.
 */
export function lossInputsOf(batch: TokenBatch, needs: ReadonlySet<string>, { entropy = true } = {}): LossInputs {
  return {
    logProbs: matrixTensor(batch.logProbs),
    oldLogProbs: matrixTensor(batch.oldLogProbs),
    behaviourLogProbs: matrixTensor(batch.behaviourLogProbs),
    advantages: matrixTensor(batch.advantages),
    mask: matrixTensor(batch.mask),
    entropy: entropy ? matrixTensor(batch.entropy) : undefined,
    prepared: Object.fromEntries(Object.entries(batch.prepared).map(([name, rows]) => [name, matrixTensor(rows)])),
    progress: batch.progress ?? startOfRun,
    random: new Random(1),
    signal: (name: string) => {
      if (!needs.has(name)) throw needNotDeclared(`the signal «${name}»`, name);
      return matrixTensor(batch.signal);
    },
  };
}
