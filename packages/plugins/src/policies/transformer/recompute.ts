import { tf } from '@dapo/core';

/** A layer over what goes into it, and over tensors that no gradient is taken of, wherever these lie. */
export type LayerFunction = (x: tf.Tensor2D, constants: readonly tf.Tensor[]) => tf.Tensor2D;

/**
 * Computes a layer and keeps nothing of it but its input: on the way back it is computed anew (gradient checkpointing,
 * arXiv 1604.06174). One pass more through the layer, for memory that goes with one layer and not with all of them.
 *
 * @param weights what else the gradient is taken by; `layer` may read them as they are
 * @param constants kept until the way back and handed to `layer` again
 */
export function recomputed(
  x: tf.Tensor2D,
  weights: readonly tf.Tensor[],
  constants: readonly tf.Tensor[],
  layer: LayerFunction,
): tf.Tensor2D {
  const compute = tf.customGrad((...inputs) => {
    const [from, save] = [inputs[0] as tf.Tensor2D, inputs.at(-1) as tf.GradSaveFunc];
    save([from, ...constants]);
    const gradFunc = (dy: tf.Tensor | tf.Tensor[], [kept, ...again]: tf.Tensor[]) =>
      onTapeOfItsOwn(() => tf.grads((of) => layer(of as tf.Tensor2D, again))([kept!, ...weights], dy as tf.Tensor));
    return { value: layer(from, constants), gradFunc };
  });
  return compute(x, ...weights) as tf.Tensor2D;
}

/** TensorFlow.js has one tape: a gradient taken within a gradient function would end that of the pass around it. */
function onTapeOfItsOwn<T>(compute: () => T): T {
  const { state } = tf.engine();
  const { activeTape } = state;
  try {
    return compute();
  } finally {
    state.activeTape = activeTape;
  }
}
