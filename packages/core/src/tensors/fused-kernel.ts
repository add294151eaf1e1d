import { tf } from './tf.js';

/**
 * True where the current backend has a kernel of this name. Names beyond TensorFlow.js's own (`Dapo…`) are operations
 * that a backend may offer in one piece; whoever uses one has a form in tf operations beside it, for all others.
 */
export function hasKernel(name: string): boolean {
  return tf.getKernel(name, tf.getBackend()) !== undefined;
}

/**
 * Runs such a kernel. It has no gradient: to be called inside `tf.customGrad`, or where none is taken.
 *
 * @example const [unit, scales] = runKernel('DapoRmsNorm', { x }, { epsilon: 1e-6 });
 */
export function runKernel(
  name: string,
  inputs: Readonly<Record<string, tf.Tensor>>,
  attributes: tf.NamedAttrMap = {},
): tf.Tensor[] {
  const out = tf.engine().runKernel(name, inputs, attributes) as tf.Tensor | tf.Tensor[];
  return Array.isArray(out) ? out : [out];
}
