import { tf } from '@dapo/core';

/**
 * Registers gradients of tf.sum and tf.mean with the same values as TensorFlow.js's own. Those multiply by tensors of
 * ones as large as the input, which tf.ones fills in JavaScript and copies into the heap: more than the sum costs.
 */
export function registerReductionGradients(): void {
  for (const kernelName of ['Sum', 'Mean']) {
    tf.unregisterGradient(kernelName);
    tf.registerGradient({
      kernelName,
      inputsToSave: ['x'],
      gradFunc: (dy, saved, attrs) => ({
        x: () => spread(dy as tf.Tensor, saved[0]!, attrs, kernelName === 'Mean'),
      }),
    });
  }
}

/** dy back to the shape of x, divided by the number of summed values for a mean. */
function spread(dy: tf.Tensor, x: tf.Tensor, attrs: tf.NamedAttrMap, mean: boolean): tf.Tensor {
  const axes = tf.util.parseAxisParam(attrs['axis'] as number | number[], x.shape);
  const kept = x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const count = axes.reduce((product, axis) => product * x.shape[axis]!, 1);
  const share = tf.reshape(dy, kept);
  return tf.broadcastTo(mean ? tf.div(share, count) : share, x.shape);
}
