import { tf, type LogProbs, type LogProbsOptions, type PolicyBatch } from '@dapo/core';
import { batchLogProbs } from './batch-log-probs.js';
import type { PreparedDecoder } from './prepared.js';

/** Log-probs of a whole batch on the host, computed in the given parts. */
export async function readLogProbs(
  decoder: PreparedDecoder,
  batch: PolicyBatch,
  parts: readonly (readonly number[])[],
  { temperature, entropy = false }: LogProbsOptions,
): Promise<LogProbs> {
  const width = batch.responses.reduce((max, { tokens }) => Math.max(max, tokens.length), 0);
  const empty = (): Float32Array => new Float32Array(batch.responses.length * width);
  const matrices = entropy ? [empty(), empty()] : [empty()];
  for (const rows of parts) {
    const computed = tf.tidy(() => {
      const of = batchLogProbs(decoder, batch, rows, { temperature, entropy });
      return tf.stack(of.entropy ? [of.logProbs, of.entropy] : [of.logProbs]) as tf.Tensor3D;
    });
    const values = (await computed.data()) as Float32Array;
    const tokens = computed.shape[2];
    computed.dispose();
    matrices.forEach((matrix, which) => {
      rows.forEach((row, r) => {
        const start = (which * rows.length + r) * tokens;
        matrix.set(values.subarray(start, start + Math.min(tokens, width)), row * width);
      });
    });
  }
  return { width, logProbs: matrices[0]!, ...(matrices[1] && { entropy: matrices[1] }) };
}
