import { tf } from '@dapo/core';
import { attend, type Segment } from './attention.js';
import { rmsNorm, swiGlu } from './layer-functions.js';
import { groupOf, type PreparedDecoder } from './prepared.js';
import { rotate, type Rotation } from './rotary.js';

/** Tokens that go through the decoder together; N = rows · tokens. */
export interface Pass {
  /** Token ids [N], int32. */
  readonly ids: tf.Tensor1D;
  readonly rows: number;
  readonly tokens: number;
  readonly rotation: Rotation;
  /** Of its own keys; without it a token sees all of its row. */
  readonly mask?: tf.Tensor4D;
}

/** What the queries of a layer look at, given the keys and values of the pass itself. */
export type Segments = (layer: number, own: Segment) => readonly Segment[];

/** Hidden states after the last norm [N, D]. */
export function hiddenStates(decoder: PreparedDecoder, pass: Pass, segments: Segments): tf.Tensor2D {
  let x = embed(decoder, pass);
  decoder.layers.forEach((_, layer) => {
    // A tidy a layer: where no gradient needs them, its intermediate results go at once, not with the whole pass.
    x = tf.tidy(() => {
      const { queries, own } = project(decoder, layer, x, pass);
      return layerOutput(decoder, layer, x, attend(queries, segments(layer, own)));
    });
  });
  return tf.mul(rmsNorm(x, decoder.architecture.normEpsilon), decoder.finalGain);
}

/** Keys and values of every layer. What follows them in the last layer isn't computed. */
export function keysAndValues(decoder: PreparedDecoder, pass: Pass): Segment[] {
  let x = embed(decoder, pass);
  return decoder.layers.map((_, layer) => {
    const { queries, own } = project(decoder, layer, x, pass);
    if (layer < decoder.layers.length - 1) x = layerOutput(decoder, layer, x, attend(queries, [own]));
    return own;
  });
}

function embed({ embedding }: PreparedDecoder, { ids }: Pass): tf.Tensor2D {
  return tf.gather(embedding, ids);
}

/** Queries [keyValueHeads, rows, tokens · group, headDim], and keys and values of the pass itself. */
function project(
  decoder: PreparedDecoder,
  layer: number,
  x: tf.Tensor2D,
  { rows, rotation, mask }: Pass,
): { readonly queries: tf.Tensor4D; readonly own: Segment } {
  const { architecture } = decoder;
  const { keyValueHeads, headDim, normEpsilon } = architecture;
  const { project: matrix, projectBias, queryKeyGains } = decoder.layers[layer]!;
  const turned = (groupOf(architecture) + 1) * headDim;

  const product = linear(rmsNorm(x, normEpsilon), matrix);
  const projected = projectBias ? tf.add(product, projectBias) : product;
  const byHead = tf.transpose(tf.reshape(projected, [x.shape[0], keyValueHeads, turned + headDim]), [1, 0, 2]);
  const [queriesAndKeys, values] = tf.split(byHead, [turned, headDim], 2) as [tf.Tensor3D, tf.Tensor3D];
  const normed = queryKeyGains ? tf.mul(eachHeadNormed(queriesAndKeys, headDim, normEpsilon), queryKeyGains) : queriesAndKeys;
  const [queries, keys] = tf.split(rotate(normed as tf.Tensor3D, rotation), [turned - headDim, headDim], 2);
  const split = (part: tf.Tensor): tf.Tensor4D => tf.reshape(part, [keyValueHeads, rows, -1, headDim]);
  return { queries: split(queries!), own: { keys: split(keys!), values: split(values), ...(mask && { mask }) } };
}

function eachHeadNormed(x: tf.Tensor3D, headDim: number, epsilon: number): tf.Tensor {
  return tf.reshape(rmsNorm(tf.reshape(x, [-1, headDim]), epsilon), x.shape);
}

/** The rest of a layer: attention's output and the feed-forward part, each added to the residual stream. */
function layerOutput(decoder: PreparedDecoder, layer: number, x: tf.Tensor2D, attended: tf.Tensor4D): tf.Tensor2D {
  const { keyValueHeads, normEpsilon } = decoder.architecture;
  const { output, gate, up, down } = decoder.layers[layer]!;
  const count = x.shape[0];
  const byToken = tf.transpose(tf.reshape(attended, [keyValueHeads, count, -1]), [1, 0, 2]);
  const afterAttention = tf.add(x, linear(tf.reshape(byToken, [count, -1]), output)) as tf.Tensor2D;
  const inner = rmsNorm(afterAttention, normEpsilon);
  return tf.add(afterAttention, linear(swiGlu(linear(inner, gate), linear(inner, up)), down));
}

/** x · weightᵀ: x [N, in], weight [out, in]. */
function linear(x: tf.Tensor2D, weight: tf.Tensor2D): tf.Tensor2D {
  return tf.matMul(x, weight, false, true);
}
