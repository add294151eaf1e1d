import type { tf } from './tf.js';

type Replace = (x: tf.Tensor) => tf.Tensor;

let replacement: Replace | undefined;

/** What stands for a stopped tensor: itself, outside of `replacingStopped`. */
export function stoppedValue(x: tf.Tensor): tf.Tensor {
  return replacement ? replacement(x) : x;
}

/**
 * Runs a function in which `stopGradient` gives what `replace` makes of its argument. A stopped value is a constant to
 * the gradient; held constant in the value, too, it lets central differences be compared with that gradient.
 */
export function replacingStopped<T>(replace: Replace, run: () => T): T {
  replacement = replace;
  try {
    return run();
  } finally {
    replacement = undefined;
  }
}
