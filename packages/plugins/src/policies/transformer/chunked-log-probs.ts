import { tf } from '@dapo/core';
import { entropyOfRows, pickTokens, vocabularyLogProbs } from './log-softmax.js';
import { isTrained } from './prepared.js';

/** Logits that are in memory at once; several tensors of their shape are. */
export const LOGITS_AT_ONCE = 2 ** 22;

/**
 * Log-probs of chosen tokens and entropies in tf operations, some rows at a time, forward and backward, so that the
 * matrix of all log-probs [N, V] never exists: log π(target) and, if asked for, entropy [N, 1 or 2]. Logits are computed
 * again on the way back.
 *
 * @param hidden divided by the temperature [N, D]
 * @param whole logits at once
 */
export function chunkedLogProbs(
  hidden: tf.Tensor2D,
  outputMatrix: tf.Tensor2D,
  targets: tf.Tensor1D,
  withEntropy: boolean,
  whole = LOGITS_AT_ONCE,
): tf.Tensor2D {
  const matrixGradient = isTrained(outputMatrix);
  const compute = tf.customGrad((...inputs) => {
    const [states, save] = [inputs[0] as tf.Tensor2D, inputs.at(-1) as tf.GradSaveFunc];
    save([states, outputMatrix, targets]);
    const values = chunksOf(states, outputMatrix, whole).map((chunk) =>
      tf.tidy(() => {
        const logProbs = chunk.logProbs(states, outputMatrix);
        const chosen = pickTokens(logProbs, chunk.of(targets));
        return tf.stack(withEntropy ? [chosen, entropyOfRows(logProbs)] : [chosen], 1);
      }),
    );
    const gradFunc = (dy: tf.Tensor | tf.Tensor[], saved: tf.Tensor[]) => {
      const [of, matrix, ids] = saved as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
      const dHidden: tf.Tensor[] = [];
      let dMatrix: tf.Tensor | undefined;
      for (const chunk of chunksOf(of, matrix, whole)) {
        const slopes = tf.tidy(() =>
          logitSlopes(chunk.logProbs(of, matrix), chunk.of(ids), chunk.of(dy as tf.Tensor2D)),
        );
        dHidden.push(tf.matMul(slopes, matrix));
        if (matrixGradient)
          dMatrix = added(
            dMatrix,
            tf.tidy(() => tf.matMul(slopes, chunk.of(of), true)),
          );
        slopes.dispose();
      }
      return dMatrix ? [tf.concat(dHidden), dMatrix] : [tf.concat(dHidden)];
    };
    return { value: tf.concat(values), gradFunc };
  });
  return (matrixGradient ? compute(hidden, outputMatrix) : compute(hidden)) as tf.Tensor2D;
}

/** The sum of both, in the place of both. */
function added(sum: tf.Tensor | undefined, part: tf.Tensor): tf.Tensor {
  if (!sum) return part;
  const both: tf.Tensor = tf.add(sum, part);
  tf.dispose([sum, part]);
  return both;
}

interface Chunk {
  /** Its rows of a tensor. */
  of<T extends tf.Tensor>(rows: T): T;
  /** log π of every token [rows, V]. */
  logProbs(hidden: tf.Tensor2D, matrix: tf.Tensor2D): tf.Tensor2D;
}

function chunksOf({ shape: [count] }: tf.Tensor2D, { shape: [vocabulary] }: tf.Tensor2D, whole: number): Chunk[] {
  const rows = Math.max(1, Math.floor(whole / vocabulary));
  return Array.from({ length: Math.ceil(count / rows) }, (_, i) => {
    const of = <T extends tf.Tensor>(x: T): T => tf.slice(x, i * rows, Math.min(rows, count - i * rows));
    return { of, logProbs: (hidden, matrix) => vocabularyLogProbs(of(hidden), matrix, 1) };
  });
}

/** Slopes of logits [rows, V] from those of log-probs a and entropies b, dy [rows, 1 or 2]: a · (1[target] − p) − b · p · (log p + H). */
function logitSlopes(logProbs: tf.Tensor2D, targets: tf.Tensor1D, dy: tf.Tensor2D): tf.Tensor2D {
  const [a, b] = tf.split(dy, dy.shape[1], 1) as [tf.Tensor2D, tf.Tensor2D?];
  const perProbability = b ? tf.add(a, tf.mul(b, tf.add(logProbs, tf.expandDims(entropyOfRows(logProbs), 1)))) : a;
  const chosen = tf.mul(tf.cast(tf.oneHot(targets, logProbs.shape[1]), 'float32'), a);
  return tf.sub(chosen, tf.mul(tf.exp(logProbs), perProbability));
}
