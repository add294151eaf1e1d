import { tf } from '../../tensors/tf.js';
import { allFinite, difference, shapeText } from './compare.js';
import { findFirst, type Finding } from './contract-check.js';
import {
  batchWithEmptyResponses,
  fullyMaskedBatch,
  insideOf,
  padded,
  readRows,
  smallestBatch,
  takeResponses,
  tokenBatch,
  withOutside,
  type Rows,
  type TokenBatch,
} from './token-batch.js';

const TOLERANCE = 1e-5;

/** A plugin that makes one number for each token of a mini-batch out of constants: weights, selections. */
export interface TokenMatrix {
  /** What it gives: `a weight`. */
  readonly what: string;
  /** Called in a tidy. */
  compute(batch: TokenBatch): tf.Tensor;
}

/** What it gives for a batch, read back. */
export async function matrixOf(matrix: TokenMatrix, batch: TokenBatch): Promise<Rows> {
  const tensor = tf.tidy(() => matrix.compute(batch));
  const rows = await readRows(tensor);
  tensor.dispose();
  return rows;
}

/** Inside the mask alone. */
const insideMatrix = async (matrix: TokenMatrix, batch: TokenBatch): Promise<Rows> =>
  insideOf(await matrixOf(matrix, batch), batch.mask);

export function findWrongShape(matrix: TokenMatrix): Promise<Finding> {
  return findFirst([tokenBatch(), smallestBatch()], async (batch) => {
    const tensor = tf.tidy(() => matrix.compute(batch));
    const shape = shapeText(tensor.shape);
    tensor.dispose();
    const expected = shapeText([batch.mask.length, batch.mask[0]!.length]);
    return shape === expected
      ? undefined
      : `it gives the shape ${shape} for a mask of ${expected}: give ${matrix.what} for each token`;
  });
}

export function findBrokenByEmptiness(matrix: TokenMatrix): Promise<Finding> {
  const cases: readonly (readonly [string, TokenBatch])[] = [
    ['an empty response', batchWithEmptyResponses()],
    ['a mini-batch that is masked whole', fullyMaskedBatch()],
    ['a group of one', smallestBatch()],
  ];
  return findFirst(cases, async ([what, batch]) => {
    if (allFinite(await matrixOf(matrix, batch))) return undefined;
    return `${what} makes ${matrix.what} NaN or infinite: divide with tf.divNoNan, or by max(1, count)`;
  });
}

export async function findBrokenPadding(matrix: TokenMatrix): Promise<Finding> {
  const batch = tokenBatch();
  const wide = (await matrixOf(matrix, padded(batch, 3))).map((row) => row.slice(0, batch.mask[0]!.length));
  const found = difference(await insideMatrix(matrix, batch), insideOf(wide, batch.mask), {
    tolerance: TOLERANCE,
  });
  return (
    found &&
    `columns of padding change ${matrix.what}: ${found}. Count the tokens of the mask, never the ` +
      'width of the matrix; a constant length is maxResponseLength'
  );
}

export async function findBrokenOrder(matrix: TokenMatrix): Promise<Finding> {
  const batch = tokenBatch();
  const order = [3, 0, 4, 2, 1];
  const before = await insideMatrix(matrix, batch);
  const found = difference(
    order.map((r) => before[r]!),
    await insideMatrix(matrix, takeResponses(batch, order)),
    { tolerance: TOLERANCE },
  );
  return (
    found &&
    `the order of the responses changes ${matrix.what}: ${found}. Which group a response is of ` +
      'stands in groupOf, not in its place'
  );
}

export async function findBrokenMask(matrix: TokenMatrix): Promise<Finding> {
  const batch = tokenBatch();
  const found = difference(await insideMatrix(matrix, batch), await insideMatrix(matrix, withOutside(batch, -7.5)), {
    tolerance: TOLERANCE,
  });
  return (
    found &&
    `numbers outside the mask change ${matrix.what}: ${found}. Select with inside(x, mask) before ` +
      'anything is summed over tokens'
  );
}
