import type { Objective, Optimizer, Policy, PolicyBatch } from '../../contracts/index.js';
import { Random } from '../../random/random.js';
import { inside } from '../../tensors/masked.js';
import { tf } from '../../tensors/tf.js';
import { plainOptimizer } from './plain-optimizer.js';
import { policyBatch } from './policy-batch.js';
import { matrixTensor } from './token-batch.js';

/** A weight for each token of a batch, of both signs. */
const weightOf = (row: number, token: number): number => ((3 * row + 2 * token) % 5) - 1.7;

/** Σ weight · log-prob over the tokens of a batch, or Σ weight · entropy where that is asked for. */
export function weightedObjective(
  { responses }: PolicyBatch,
  of: 'logProbs' | 'entropy' = 'logProbs',
  seen: number[] = [],
): Objective {
  return {
    temperature: 0.8,
    needsEntropy: of === 'entropy',
    evaluate(inputs) {
      const { rows, logProbs } = inputs;
      seen.push(...rows);
      const width = logProbs.shape[1];
      const matrix = (value: (row: number, token: number) => number): tf.Tensor2D =>
        matrixTensor(
          rows.map((row) =>
            Array.from({ length: width }, (_, t) => (t < responses[row]!.tokens.length ? value(row, t) : 0)),
          ),
        );
      const sum = tf.sum<tf.Scalar>(
        tf.mul(
          inside(
            inputs[of]!,
            matrix(() => 1),
          ),
          matrix(weightOf),
        ),
      );
      // An objective depends on the log-probs, whatever else it depends on.
      return { total: tf.add<tf.Scalar>(sum, tf.mul(tf.sum(logProbs), 0)), scalars: {} };
    },
  };
}

/** The objective's value, its gradient added to what is accumulated. */
export async function accumulated(
  policy: Policy,
  batch: PolicyBatch,
  objective: Objective = weightedObjective(batch),
  microBatch: number | 'auto' = 'auto',
): Promise<number> {
  const { parts } = await policy.accumulate(batch, objective, { microBatch });
  return parts.reduce((sum, { total }) => sum + total!, 0);
}

/** One update of a policy on the fixture batch; gives the version it came to. */
export async function trainOnce(policy: Policy, optimizer: Optimizer = plainOptimizer(0.05)): Promise<number> {
  await policy.discard();
  await accumulated(policy, policyBatch());
  const gradientNorm = await policy.gradientNorm();
  const { version } = await policy.step({ optimizer, learningRate: optimizer.learningRate, gradientNorm });
  return version;
}

/**
 * The objective's value on the fixture batch; parameters and gradients are handed to a function as to an optimizer. A
 * policy without that door never calls it.
 */
export async function passWith(
  policy: Policy,
  apply: Optimizer['apply'],
  objective: Objective = weightedObjective(policyBatch()),
): Promise<number> {
  await policy.discard();
  const total = await accumulated(policy, policyBatch(), objective);
  await policy.step({ optimizer: { learningRate: 1, settings: {}, apply }, learningRate: 1, gradientNorm: 1 });
  return total;
}

/** Moves every parameter somewhere, so that nothing is equal or 0 by the symmetry of fresh weights. */
export async function roughen(policy: Policy): Promise<void> {
  await passWith(policy, ({ parameters }) => {
    for (const [name, variable] of Object.entries(parameters)) {
      const key = new Random(2).key('roughen', name);
      const noise = Float32Array.from({ length: variable.size }, (_, i) => 0.8 * (key.uniform(i) - 0.5));
      tf.tidy(() => variable.assign(tf.add(variable, tf.tensor(noise, variable.shape))));
    }
  });
}
