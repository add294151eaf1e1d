import type { Optimizer, OptimizerInputs } from '../../contracts/index.js';
import { tf } from '../../tensors/tf.js';

/** Gradient descent: p ← p − η · g. It remembers nothing. */
export function plainOptimizer(learningRate: number): Optimizer {
  return {
    learningRate,
    settings: { learningRate },
    apply: ({ parameters, gradients, learningRate: rate }: OptimizerInputs) => {
      for (const [name, gradient] of Object.entries(gradients)) {
        const parameter = parameters[name]!;
        tf.tidy(() => parameter.assign(tf.sub(parameter, tf.mul(gradient, rate))));
      }
    },
  };
}
