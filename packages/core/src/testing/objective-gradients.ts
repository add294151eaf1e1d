import type { Objective } from '../contracts/index.js';
import { tf } from '../tensors/tf.js';

/** ∂objective/∂log-probs and ∂objective/∂entropy [r, t], and the scalars. */
export async function objectiveGradients(
  objective: Objective,
  rows: readonly number[],
  width: number,
  logProbs: Float32Array,
  entropy: Float32Array,
): Promise<{ logProbs: Float32Array; entropy?: Float32Array; scalars: Record<string, number> }> {
  const shape: [number, number] = [rows.length, width];
  const scalars: Record<string, tf.Scalar> = {};
  const total = (lp: tf.Tensor, h?: tf.Tensor): tf.Scalar => {
    const result = objective.evaluate({ logProbs: lp as tf.Tensor2D, entropy: h as tf.Tensor2D | undefined, rows });
    for (const [name, value] of Object.entries(result.scalars)) scalars[name] = tf.keep(tf.clone(value));
    return result.total;
  };
  const inputs = [tf.tensor2d(logProbs, shape), ...(objective.needsEntropy ? [tf.tensor2d(entropy, shape)] : [])];
  const { value, grads } = tf.valueAndGrads((lp: tf.Tensor, h?: tf.Tensor) => {
    // The engine asks for a gradient of every input; this ties an unused one to the result.
    const unused = h ? tf.mul(tf.sum(h), 0) : tf.scalar(0);
    return tf.add<tf.Scalar>(total(lp, h), unused);
  })(inputs);
  const read = async (tensor: tf.Tensor): Promise<Float32Array> => Float32Array.from(await tensor.data());
  const numbers: Record<string, number> = { total: (await value.data())[0]! };
  for (const [name, scalar] of Object.entries(scalars)) numbers[name] = (await scalar.data())[0]!;
  const result = {
    logProbs: await read(grads[0]!),
    entropy: grads[1] && (await read(grads[1])),
    scalars: numbers,
  };
  tf.dispose([inputs, value, grads, scalars]);
  return result;
}
