import { tf } from '@dapo/core';

/** log π of every token of the vocabulary at a temperature [N, V]. */
export function vocabularyLogProbs(hidden: tf.Tensor2D, outputMatrix: tf.Tensor2D, temperature: number): tf.Tensor2D {
  return tf.logSoftmax(tf.matMul(tempered(hidden, temperature), outputMatrix, false, true)) as tf.Tensor2D;
}

/** Logits are divided by the temperature; dividing what they are products of is less work. */
export function tempered(hidden: tf.Tensor2D, temperature: number): tf.Tensor2D {
  return temperature === 0 || temperature === 1 ? hidden : tf.mul(hidden, 1 / temperature);
}

/** Of each row [N, V] the entry of its token [N]. */
export function pickTokens(rows: tf.Tensor2D, ids: tf.Tensor1D): tf.Tensor1D {
  return tf.sum(tf.mul(rows, tf.cast(tf.oneHot(ids, rows.shape[1]), 'float32')), -1) as tf.Tensor1D;
}

/** −Σ p · log p of each row [N], for where no gradient is taken. */
export function entropyOfRows(logProbs: tf.Tensor2D): tf.Tensor1D {
  return tf.neg(tf.sum(tf.mul(tf.exp(logProbs), logProbs), -1) as tf.Tensor1D);
}
