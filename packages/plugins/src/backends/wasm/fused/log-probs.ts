import type { tf } from '@dapo/core';
import { requireFloat32, sizeOf } from '../../kernels/tensors.js';
import type { Heap } from '../heap.js';
import type { Sgemm } from '../sgemm.js';

/** Columns of logits at once: fixed, since the sums of a row go over them one after another. */
const COLUMNS = 2048;
/** Rows of logits at once. */
const ROWS = 2048;
const FLOAT_BYTES = 4;

/**
 * Log-probs of chosen tokens and entropies from hidden states and the output matrix. Logits exist for a block of rows
 * and columns at a time, forward and backward.
 */
export function logProbKernels(heap: Heap, sgemm: Sgemm): Record<string, tf.KernelFunc> {
  const { pool } = heap;
  const take = pool.function('fused.takeLogits');
  const slopes = pool.function('fused.logitSlopes');
  const draw = pool.function('fused.drawTokens');

  /** Calls back with each block of logits, in order: rows first … and columns first …. */
  const eachBlock = (
    { hidden, matrix }: Readonly<Record<'hidden' | 'matrix', tf.TensorInfo>>,
    use: (block: {
      readonly row: number;
      readonly rows: number;
      readonly column: number;
      readonly columns: number;
      readonly logits: number;
    }) => void,
  ): void => {
    const [count, width] = hidden.shape as [number, number];
    const vocabulary = matrix.shape[0]!;
    const buffer = heap.output([Math.min(ROWS, count), Math.min(COLUMNS, vocabulary)], 'float32');
    const [from, weights] = [heap.address(hidden), heap.address(matrix)];
    for (let row = 0; row < count; row += ROWS) {
      const rows = Math.min(ROWS, count - row);
      for (let column = 0; column < vocabulary; column += COLUMNS) {
        const columns = Math.min(COLUMNS, vocabulary - column);
        sgemm.multiply({
          ...single(rows, columns, width),
          transposeB: true,
          a: from + row * width * FLOAT_BYTES,
          aStride: width * FLOAT_BYTES,
          b: weights + column * width * FLOAT_BYTES,
          bStride: width * FLOAT_BYTES,
          c: buffer.address,
          cStride: columns * FLOAT_BYTES,
        });
        use({ row, rows, column, columns, logits: buffer.address });
      }
    }
    heap.backend.disposeData(buffer.info.dataId);
  };

  /** hidden [N, D], matrix [V, D], targets [N] → [N, 4]: largest logit, Σ e^, Σ logit · e^, the target's logit. */
  const forward: tf.KernelFunc = ({ inputs }) => {
    const { hidden, matrix, targets } = inputs as Readonly<Record<'hidden' | 'matrix' | 'targets', tf.TensorInfo>>;
    requireFloat32('DapoLogitStatistics', hidden, matrix);
    const out = heap.output([hidden.shape[0]!, 4], 'float32');
    heap.float32(out.address, sizeOf(out.info.shape)).fill(NaN);
    eachBlock({ hidden, matrix }, ({ row, rows, column, columns, logits }) => {
      const of = heap.address(targets) + row * 4;
      pool.run(take, rows, 1.2 * columns, [columns, column, logits, of, out.address + row * 4 * FLOAT_BYTES]);
    });
    return out.info;
  };

  /** rows [N, 4]: log Σ e^logit, entropy, slope of the log-prob, slope of the entropy → gradients of hidden and, if asked for, matrix. */
  const backward: tf.KernelFunc = ({ inputs, attrs }) => {
    const tensors = inputs as Readonly<Record<'hidden' | 'matrix' | 'targets' | 'rows', tf.TensorInfo>>;
    const { hidden, matrix, targets, rows: facts } = tensors;
    const width = hidden.shape[1]!;
    const dHidden = heap.output(hidden.shape, 'float32');
    const dMatrix = attrs?.['matrixGradient'] === false ? undefined : heap.output(matrix.shape, 'float32');
    if (dMatrix && hidden.shape[0] === 0) heap.float32(dMatrix.address, sizeOf(matrix.shape)).fill(0);
    eachBlock(tensors, ({ row, rows, column, columns, logits }) => {
      const at = row * 4;
      pool.run(slopes, rows, 1.2 * columns, [
        columns,
        column,
        logits,
        heap.address(targets) + at,
        heap.address(facts) + at * FLOAT_BYTES,
      ]);
      const [hiddenAt, matrixAt] = [row * width * FLOAT_BYTES, column * width * FLOAT_BYTES];
      const stride = width * FLOAT_BYTES;
      sgemm.multiply({
        ...single(rows, width, columns),
        a: logits,
        aStride: columns * FLOAT_BYTES,
        b: heap.address(matrix) + matrixAt,
        bStride: stride,
        c: dHidden.address + hiddenAt,
        cStride: stride,
        accumulate: column > 0,
      });
      if (!dMatrix) return;
      sgemm.multiply({
        ...single(columns, width, rows),
        transposeA: true,
        a: logits,
        aStride: columns * FLOAT_BYTES,
        b: heap.address(hidden) + hiddenAt,
        bStride: stride,
        c: dMatrix.address + matrixAt,
        cStride: stride,
        accumulate: row > 0,
      });
    });
    return dMatrix ? [dHidden.info, dMatrix.info] : [dHidden.info];
  };

  /** logits [N, V], uniforms [N] → [N, 3]: token, its logit less the largest, Σ e^(logit − largest). */
  const drawTokens: tf.KernelFunc = ({ inputs }) => {
    const { logits, uniforms } = inputs as Readonly<Record<'logits' | 'uniforms', tf.TensorInfo>>;
    requireFloat32('DapoDrawTokens', logits, uniforms);
    const [rows, columns] = logits.shape as [number, number];
    const out = heap.output([rows, 3], 'float32');
    pool.run(draw, rows, 4 * columns, [columns, heap.address(logits), heap.address(uniforms), out.address]);
    return out.info;
  };

  return { DapoLogitStatistics: forward, DapoLogitStatisticsBackward: backward, DapoDrawTokens: drawTokens };
}

/** One product, nothing transposed unless said. */
function single(rows: number, columns: number, k: number) {
  return { count: 1, rows, columns, k, transposeA: false, transposeB: false, aStep: 0, bStep: 0, cStep: 0 };
}
