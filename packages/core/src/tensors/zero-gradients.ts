import { tf } from './tf.js';

const PAIR = ['a', 'b'];
const SINGLE = ['x'];

/**
 * Comparisons and logical operations are flat almost everywhere, yet TensorFlow.js registers no gradient for them, so
 * `tf.where(ratio.greater(c), …)` throws inside a differentiated function. Their gradient is 0.
 */
const FLAT_KERNELS: Readonly<Record<string, readonly string[]>> = {
  Equal: PAIR,
  NotEqual: PAIR,
  Greater: PAIR,
  GreaterEqual: PAIR,
  Less: PAIR,
  LessEqual: PAIR,
  LogicalAnd: PAIR,
  LogicalOr: PAIR,
  LogicalNot: SINGLE,
  IsNan: SINGLE,
  IsFinite: SINGLE,
  IsInf: SINGLE,
  ArgMax: SINGLE,
  ArgMin: SINGLE,
};

/** Registers the zero gradients. Safe to call again. */
export function registerZeroGradients(): void {
  for (const [kernelName, inputs] of Object.entries(FLAT_KERNELS)) {
    if (tf.getGradient(kernelName)) continue;
    tf.registerGradient({
      kernelName,
      inputsToSave: [...inputs],
      gradFunc: (_dy, saved) => Object.fromEntries(inputs.map((name, i) => [name, () => tf.zeros(saved[i]!.shape)])),
    });
  }
}
