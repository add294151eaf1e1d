import { tf, type NamedTensors } from '@dapo/core';
import { EMBEDDING, families, FINAL_NORM, layerParameter, type Architecture } from './architecture.js';
import { attend, type Segment } from './attention.js';
import { rmsNorm, swiGlu } from './layer-functions.js';
import { rotate, type RotaryTable, type Rotation } from './rotary.js';

/** An architecture and its weights under their Hugging Face names. */
export interface Decoder {
  readonly architecture: Architecture;
  readonly weights: NamedTensors;
  readonly rotary: RotaryTable;
}

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
export function hiddenStates(decoder: Decoder, pass: Pass, segments: Segments): tf.Tensor2D {
  const { architecture, weights } = decoder;
  let x = embed(decoder, pass);
  for (let layer = 0; layer < architecture.layers; layer++) {
    const normed = inputNorm(decoder, layer, x);
    const own = keysAndValues(decoder, layer, normed, pass);
    x = layerOutput(decoder, layer, x, normed, segments(layer, own), pass);
  }
  return rmsNorm(x, weights[FINAL_NORM]!, architecture.normEpsilon);
}

/** Keys and values of every layer. What follows them in the last layer isn't computed. */
export function prefixSegments(decoder: Decoder, pass: Pass): Segment[] {
  const last = decoder.architecture.layers - 1;
  const segments: Segment[] = [];
  let x = embed(decoder, pass);
  for (let layer = 0; ; layer++) {
    const normed = inputNorm(decoder, layer, x);
    const own = keysAndValues(decoder, layer, normed, pass);
    segments.push(own);
    if (layer === last) return segments;
    x = layerOutput(decoder, layer, x, normed, [own], pass);
  }
}

function embed({ weights }: Decoder, { ids }: Pass): tf.Tensor2D {
  return tf.gather(weights[EMBEDDING]!, ids) as tf.Tensor2D;
}

function inputNorm({ architecture, weights }: Decoder, layer: number, x: tf.Tensor2D): tf.Tensor2D {
  return rmsNorm(x, weights[layerParameter(layer, 'input_layernorm.weight')]!, architecture.normEpsilon);
}

function keysAndValues(decoder: Decoder, layer: number, normed: tf.Tensor2D, pass: Pass): Segment {
  const { keyValueHeads, headDim } = decoder.architecture;
  const shape: [number, number, number, number] = [keyValueHeads, pass.rows, pass.tokens, headDim];
  const keys = rotate(headsFirst(decoder, layer, 'k', normed), pass.rotation.keys);
  const values = headsFirst(decoder, layer, 'v', normed);
  return { keys: tf.reshape(keys, shape), values: tf.reshape(values, shape), mask: pass.mask };
}

/** The rest of a layer: attention and feed-forward, each added to the residual stream. */
function layerOutput(
  decoder: Decoder,
  layer: number,
  x: tf.Tensor2D,
  normed: tf.Tensor2D,
  segments: readonly Segment[],
  pass: Pass,
): tf.Tensor2D {
  const { architecture, weights } = decoder;
  const { heads, keyValueHeads, headDim, normEpsilon } = architecture;
  const weight = (name: string): tf.Tensor2D => weights[layerParameter(layer, name)]! as tf.Tensor2D;

  const rotated = rotate(headsFirst(decoder, layer, 'q', normed), pass.rotation.queries);
  const queries = tf.reshape(rotated, [keyValueHeads, pass.rows, -1, headDim]) as tf.Tensor4D;
  const attended = tf.reshape(attend(queries, segments), [keyValueHeads, x.shape[0], -1]);
  const mixed = tf.reshape(tf.transpose(attended, [1, 0, 2]), [x.shape[0], heads * headDim]) as tf.Tensor2D;
  const afterAttention = tf.add(x, linear(mixed, weight('self_attn.o_proj.weight')));

  const inner = rmsNorm(afterAttention, weight('post_attention_layernorm.weight'), normEpsilon);
  const gated = swiGlu(linear(inner, weight('mlp.gate_proj.weight')), linear(inner, weight('mlp.up_proj.weight')));
  return tf.add(afterAttention, linear(gated, weight('mlp.down_proj.weight')));
}

/** Projection to queries, keys or values, the heads of a key head side by side: [keyValueHeads, N, width]. */
function headsFirst(decoder: Decoder, layer: number, which: 'q' | 'k' | 'v', x: tf.Tensor2D): tf.Tensor3D {
  const { architecture, weights } = decoder;
  const { keyValueHeads, headDim, normEpsilon, family } = architecture;
  const parameter = (name: string): tf.Tensor | undefined => weights[layerParameter(layer, `self_attn.${which}_${name}`)];
  let projected = linear(x, parameter('proj.weight')! as tf.Tensor2D);
  if (families[family].biases) projected = tf.add(projected, parameter('proj.bias')!) as tf.Tensor2D;
  const norm = parameter('norm.weight');
  if (norm) projected = rmsNorm(tf.reshape(projected, [-1, headDim]) as tf.Tensor2D, norm, normEpsilon);
  return tf.transpose(tf.reshape(projected, [x.shape[0], keyValueHeads, -1]), [1, 0, 2]) as tf.Tensor3D;
}

/** x · weightᵀ: x [N, in], weight [out, in]. */
function linear(x: tf.Tensor2D, weight: tf.Tensor2D): tf.Tensor2D {
  return tf.matMul(x, weight, false, true);
}
