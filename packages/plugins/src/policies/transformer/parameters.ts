import { tf, type RandomKey } from '@dapo/core';
import { parameterShapes, type Architecture } from './architecture.js';

/** Parameters under their Hugging Face names. */
export type Parameters = Readonly<Record<string, tf.Variable>>;

/** Standard deviation of fresh matrices, as Hugging Face's `initializer_range`. */
export const INITIAL_DEVIATION = 0.02;

/**
 * Fresh parameters: matrices normal with standard deviation 0.02, gains of norms 1, biases 0. Every matrix has a key
 * of its own, so that its numbers don't depend on the rest of the architecture.
 */
export function initialParameters(architecture: Architecture, key: RandomKey): Parameters {
  return variables(architecture, (name, shape) => {
    if (name.endsWith('.bias')) return tf.zeros([...shape]);
    if (shape.length === 1) return tf.ones([...shape]);
    const numbers = key.at(name);
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
    for (let i = 0; i < values.length; i++) values[i] = INITIAL_DEVIATION * numbers.normal(i);
    return tf.tensor(values, [...shape]);
  });
}

/** Variables from values by name. */
export function parametersFrom(architecture: Architecture, values: (name: string) => Float32Array): Parameters {
  return variables(architecture, (name, shape) => tf.tensor(values(name), [...shape]));
}

function variables(
  architecture: Architecture,
  initial: (name: string, shape: readonly number[]) => tf.Tensor,
): Parameters {
  const parameters: Record<string, tf.Variable> = {};
  for (const [name, shape] of parameterShapes(architecture)) {
    parameters[name] = tf.tidy(() => tf.variable(initial(name, shape)));
  }
  return parameters;
}

