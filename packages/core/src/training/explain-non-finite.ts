import type { DapoError } from '../errors/dapo-error.js';
import { tf } from '../tensors/tf.js';
import { notFinite, type ValuesOf } from './check-values.js';
import { Matrix } from './matrix.js';
import { callLoss, lossInputs, type MiniBatch } from './objective.js';
import { tensorOf } from './part-calls.js';
import type { Parts, Placed } from './parts.js';

/**
 * Looks for who began it after a loss or gradient that isn't finite: the policy, a part of the loss, or the loss
 * itself, at which token of which prompt. One forward pass, and only then. Undefined where every loss is finite and the
 * gradient alone isn't.
 */
export async function explainNonFinite(
  miniBatch: MiniBatch,
  { policy, loss, calls }: Pick<Parts, 'policy' | 'loss' | 'calls'>,
  temperature: number,
): Promise<DapoError | undefined> {
  const { batch, rows, mask, progress } = miniBatch;
  const where: ValuesOf = { batch, rows, step: progress.rolloutStep };
  const options = { temperature, entropy: policy.instance.traits.entropy };
  const { width, logProbs, entropy } = await policy.instance.logProbs(batch.policyBatch(rows), options);
  const widened = (values: Float32Array): Matrix => Matrix.fromWidth(rows.length, batch.width, values, width);
  const ofPolicy = notFinite(policy, widened(logProbs), mask, where);
  if (ofPolicy) return ofPolicy;

  const given: { readonly by: Placed<unknown>; readonly tensor: tf.Tensor }[] = [];
  const note = (by: Placed<unknown>, value: unknown): void => {
    given.push({ by, tensor: tf.keep(tf.clone(tensorOf(value) as tf.Tensor)) });
  };
  tf.tidy(() => {
    const inputs = lossInputs(miniBatch, {
      logProbs: widened(logProbs).whole(),
      entropy: entropy && widened(entropy).whole(),
      rows: rows.map((_, row) => row),
    });
    const outputs = calls.observed(
      (part, call) => {
        const value = call();
        note(part, value);
        return value;
      },
      () => callLoss(loss, inputs),
    );
    note(loss, outputs);
  });
  const problems: DapoError[] = [];
  for (const { by, tensor } of given) {
    const values = new Matrix(rows.length, batch.width, Float32Array.from(await tensor.data()));
    tensor.dispose();
    const problem = notFinite(by, values, mask, where);
    if (problem) problems.push(problem);
  }
  return problems[0];
}
