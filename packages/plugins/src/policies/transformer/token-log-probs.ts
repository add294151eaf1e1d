import { hasKernel, runKernel, tf } from '@dapo/core';
import { chunkedLogProbs, LOGITS_AT_ONCE } from './chunked-log-probs.js';
import { entropyOfRows, pickTokens, tempered, vocabularyLogProbs } from './log-softmax.js';
import { isTrained } from './prepared.js';

export interface TokenLogProbs {
  /** log π(target) [N]. */
  readonly logProbs: tf.Tensor1D;
  /** Entropy of each distribution [N], nats. */
  readonly entropy?: tf.Tensor1D;
}

/**
 * Log-softmax over the whole vocabulary at a temperature, and of it the targets.
 *
 * @param hidden [N, D]
 * @param outputMatrix [V, D]
 * @param targets token ids [N], int32
 * @param temperature 0, which means greedy, gives the log-probs at 1
 */
export function tokenLogProbs(
  hidden: tf.Tensor2D,
  outputMatrix: tf.Tensor2D,
  targets: tf.Tensor1D,
  temperature: number,
  withEntropy: boolean,
): TokenLogProbs {
  const large = hidden.shape[0] * outputMatrix.shape[0] > LOGITS_AT_ONCE;
  const form = hasKernel('DapoLogitStatistics') ? fusedLogProbs : large ? chunkedLogProbs : undefined;
  if (form) {
    const columns = form(tempered(hidden, temperature), outputMatrix, targets, withEntropy);
    const [logProbs, entropy] = columnsOf(columns) as [tf.Tensor1D, tf.Tensor1D?];
    return withEntropy ? { logProbs, entropy: entropy! } : { logProbs };
  }
  const all = vocabularyLogProbs(hidden, outputMatrix, temperature);
  const logProbs = pickTokens(all, targets);
  return withEntropy ? { logProbs, entropy: entropyOf(all) } : { logProbs };
}

/** TensorFlow.js has no gradient of unstacking where it gives one tensor alone. */
function columnsOf(x: tf.Tensor): tf.Tensor[] {
  return x.shape[1] === 1 ? [tf.reshape(x, [-1])] : tf.unstack(x, 1);
}

/** The same in one piece, where the matrix of all log-probs never exists: [N, 2], log π(target) and entropy. */
function fusedLogProbs(hidden: tf.Tensor2D, outputMatrix: tf.Tensor2D, targets: tf.Tensor1D): tf.Tensor {
  // A matrix that isn't trained is no input of the gradient: with a large vocabulary its slopes are the largest tensor of all.
  const matrixGradient = isTrained(outputMatrix);
  const compute = tf.customGrad((...inputs) => {
    const [states, save] = [inputs[0] as tf.Tensor, inputs.at(-1) as tf.GradSaveFunc];
    const [statistics] = runKernel('DapoLogitStatistics', { hidden: states, matrix: outputMatrix, targets }) as [
      tf.Tensor2D,
    ];
    const [largest, sum, dot, chosen] = tf.split(statistics, 4, 1) as [
      tf.Tensor2D,
      tf.Tensor2D,
      tf.Tensor2D,
      tf.Tensor2D,
    ];
    const total = tf.add(largest, tf.log(sum));
    // −Σ p log p = log Σ e^x − Σ p x
    const entropy = tf.sub(total, tf.div(dot, sum));
    // What is used again must be saved: other tensors of the forward pass are gone by then.
    save([states, outputMatrix, targets, tf.concat([total, entropy], 1)]);
    const gradFunc = (dy: tf.Tensor | tf.Tensor[], saved: tf.Tensor[]) => {
      const rows = tf.concat([saved[3]!, dy as tf.Tensor], 1);
      return runKernel(
        'DapoLogitStatisticsBackward',
        { hidden: saved[0]!, matrix: saved[1]!, targets: saved[2]!, rows },
        { matrixGradient },
      );
    };
    return { value: tf.concat([tf.sub(chosen, total), entropy], 1), gradFunc };
  });
  return matrixGradient ? compute(hidden, outputMatrix) : compute(hidden);
}

/** −Σ p · log p of each row [N]. Of the gradient by log p, −p · (log p + 1), the 1 vanishes in the log-softmax. */
const entropyOf = (logProbs: tf.Tensor2D): tf.Tensor1D => entropyWithGradient(logProbs) as tf.Tensor1D;

const entropyWithGradient = tf.customGrad((...inputs) => {
  const [logProbs, save] = inputs as [tf.Tensor, tf.GradSaveFunc];
  save([logProbs]);
  const gradFunc = (dy: tf.Tensor | tf.Tensor[], saved: tf.Tensor[]) => {
    const [of] = saved as [tf.Tensor];
    const slope = tf.neg(tf.mul(tf.exp(of), of));
    return tf.mul(slope, tf.expandDims(dy as tf.Tensor, -1));
  };
  return { value: entropyOfRows(logProbs as tf.Tensor2D), gradFunc };
});
