import { tf, type RandomKey } from '@dapo/core';
import { parameterShapes, type Architecture } from './architecture.js';

/** Parameters under their Hugging Face names. */
export type Parameters = Readonly<Record<string, tf.Variable>>;

/**
 * Standard deviation of a fresh matrix [out, in]. Hugging Face's fixed 0.02 suits widths around 1,000; for the small
 * models that are trained from scratch here the width decides: 0.7 / √in, and 0.4 / √hidden for the embeddings.
 */
function initialDeviation(name: string, shape: readonly number[]): number {
  return (name.endsWith('embed_tokens.weight') ? 0.4 : 0.7) / Math.sqrt(shape.at(-1)!);
}

/**
 * Fresh parameters: matrices normal with a deviation by their width, gains of norms 1, biases 0. Every matrix has a
 * key of its own, so that its numbers don't depend on the rest of the architecture.
 */
export function initialParameters(architecture: Architecture, key: RandomKey): Parameters {
  return variables(architecture, (name, shape) => {
    if (name.endsWith('.bias')) return tf.zeros([...shape]);
    if (shape.length === 1) return tf.ones([...shape]);
    const numbers = key.at(name);
    const deviation = initialDeviation(name, shape);
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
    for (let i = 0; i < values.length; i++) values[i] = deviation * numbers.normal(i);
    return tf.tensor(values, [...shape]);
  });
}

/** Parameters read one after another, so that no more than one is in memory twice. */
export async function readParameters(
  architecture: Architecture,
  read: (name: string) => Promise<Float32Array>,
): Promise<Parameters> {
  const parameters: Record<string, tf.Variable> = {};
  try {
    for (const [name, shape] of parameterShapes(architecture)) {
      const values = await read(name);
      parameters[name] = tf.tidy(() => tf.variable(tf.tensor(values, [...shape])));
    }
  } catch (error) {
    tf.dispose(parameters as Record<string, tf.Tensor>);
    throw error;
  }
  return parameters;
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
