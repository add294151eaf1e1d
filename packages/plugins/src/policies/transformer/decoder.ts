import { tf } from '@dapo/core';
import { residual, rmsNorm, swiGlu } from './layer-functions.js';
import type { PreparedDecoder } from './prepared.js';
import { recomputed } from './recompute.js';

/** Mixes the values that tokens see. `projected` has queries, keys and values, not yet turned by their positions. */
export interface Attention {
  /** @returns the heads of each token, side by side [N, heads · headDim] */
  attend(layer: number, projected: tf.Tensor2D): tf.Tensor2D;
}

/** One that can be computed a second time, when the tensors of the first time are gone. */
export interface RepeatableAttention extends Attention {
  /** What it is made of beside the decoder. */
  readonly constants: readonly tf.Tensor[];
  /** The same attention, of copies of these. */
  over(constants: readonly tf.Tensor[]): Attention;
}

/** Keeps what later tokens will look at. */
export interface KeepingAttention extends Attention {
  /** What was kept of each layer: tensors. */
  readonly own: readonly object[];
  /** As `attend`, of a layer whose result nobody needs. */
  keep(layer: number, projected: tf.Tensor2D): void;
}

/**
 * Hidden states after the last norm [N, D] of tokens [N].
 *
 * @param from first token whose state is asked for; what goes before it leaves the last layer after its keys and values
 */
export function hiddenStates(
  decoder: PreparedDecoder,
  ids: tf.Tensor1D,
  attention: Attention | RepeatableAttention,
  from = 0,
): tf.Tensor2D {
  const last = decoder.layers.length - 1;
  let x = embed(decoder, ids);
  decoder.layers.forEach((_, layer) => {
    const compute = (input: tf.Tensor2D, mixing: Attention): tf.Tensor2D => {
      const attended = mixing.attend(layer, project(decoder, layer, input));
      const wanted = (all: tf.Tensor2D): tf.Tensor2D => (from > 0 && layer === last ? tf.slice(all, [from, 0]) : all);
      return layerOutput(decoder, layer, wanted(input), wanted(attended));
    };
    // A tidy a layer: where no gradient needs them, its intermediate results go at once, not with the whole pass.
    x = tf.tidy(() => {
      if (!decoder.recompute || !('over' in attention)) return compute(x, attention);
      return recomputed(x, decoder.recompute[layer]!, attention.constants, (input, constants) =>
        compute(input, attention.over(constants)),
      );
    });
  });
  return tf.mul(rmsNorm(x, decoder.architecture.normEpsilon), decoder.finalGain);
}

/** Lets an attention see the keys and values of every layer. What follows them in the last layer isn't computed. */
export function passKeysAndValues(decoder: PreparedDecoder, ids: tf.Tensor1D, attention: KeepingAttention): void {
  let x = embed(decoder, ids);
  decoder.layers.forEach((_, layer) => {
    // A tidy a layer, as in `hiddenStates`: of a long pass little but what is kept is in memory at once.
    const { output } = tf.tidy(() => {
      const projected = project(decoder, layer, x);
      const last = layer === decoder.layers.length - 1;
      if (last) attention.keep(layer, projected);
      const after = last ? x : layerOutput(decoder, layer, x, attention.attend(layer, projected));
      return { output: after, own: attention.own[layer] as tf.TensorContainer };
    });
    x = output;
  });
}

function embed({ embedding }: PreparedDecoder, ids: tf.Tensor1D): tf.Tensor2D {
  return tf.gather(embedding, ids);
}

/** Of each key head its queries, its key and its value [N, keyValueHeads · (group + 2) · headDim]. */
function project(decoder: PreparedDecoder, layer: number, x: tf.Tensor2D): tf.Tensor2D {
  const { project: matrix, projectBias } = decoder.layers[layer]!;
  const product = linear(rmsNorm(x, decoder.architecture.normEpsilon), matrix);
  return projectBias ? tf.add(product, projectBias) : product;
}

/** The rest of a layer: attention's output and the feed-forward part, each added to the residual stream. */
function layerOutput(decoder: PreparedDecoder, layer: number, x: tf.Tensor2D, attended: tf.Tensor2D): tf.Tensor2D {
  const { output, gate, up, down } = decoder.layers[layer]!;
  const afterAttention = residual(x, linear(attended, output));
  const inner = rmsNorm(afterAttention, decoder.architecture.normEpsilon);
  return residual(afterAttention, linear(swiGlu(linear(inner, gate), linear(inner, up)), down));
}

/** x · weightᵀ: x [N, in], weight [out, in]. */
function linear(x: tf.Tensor2D, weight: tf.Tensor2D): tf.Tensor2D {
  return tf.matMul(x, weight, false, true);
}
