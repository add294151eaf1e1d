import { tf, type NamedTensors } from '@dapo/core';
import { EMBEDDING, FINAL_NORM, layerParameter, outputParameter, type Architecture } from './architecture.js';
import type { RotaryTable } from './rotary.js';

/** An architecture and its weights under their Hugging Face names. */
export interface Decoder {
  readonly architecture: Architecture;
  readonly weights: NamedTensors;
  readonly rotary: RotaryTable;
}

/** A layer's weights as a pass takes them. Matrices are [out, in]; gains of norms are multiplied into what follows. */
export interface PreparedLayer {
  /** Of each key head its queries, its keys and its values [keyValueHeads · (group + 2) · headDim, D]. */
  readonly project: tf.Tensor2D;
  /** [keyValueHeads · (group + 2) · headDim] */
  readonly projectBias?: tf.Tensor;
  /** Of the norms of queries and keys [(group + 1) · headDim]. */
  readonly queryKeyGains?: tf.Tensor;
  readonly output: tf.Tensor2D;
  readonly gate: tf.Tensor2D;
  readonly up: tf.Tensor2D;
  readonly down: tf.Tensor2D;
}

export interface PreparedDecoder {
  readonly architecture: Architecture;
  readonly rotary: RotaryTable;
  /** [V, D] */
  readonly embedding: tf.Tensor2D;
  readonly layers: readonly PreparedLayer[];
  readonly finalGain: tf.Tensor1D;
  /** [V, D] */
  readonly outputMatrix: tf.Tensor2D;
}

/** Query heads to a key head. */
export function groupOf({ heads, keyValueHeads }: Architecture): number {
  return heads / keyValueHeads;
}

/**
 * Joins and scales weights, differentiably, so that a layer takes fewer and larger operations: what this costs goes
 * with the weights, what it saves with every token.
 */
export function prepare({ architecture, weights, rotary }: Decoder): PreparedDecoder {
  return {
    architecture,
    rotary,
    embedding: weights[EMBEDDING]! as tf.Tensor2D,
    layers: Array.from({ length: architecture.layers }, (_, layer) =>
      prepareLayer(architecture, (name) => weights[layerParameter(layer, name)]),
    ),
    finalGain: weights[FINAL_NORM]! as tf.Tensor1D,
    outputMatrix: weights[outputParameter(architecture)]! as tf.Tensor2D,
  };
}

/** Prepares weights for a task without gradients and gives the joined ones back after it. */
export async function withPrepared<T>(decoder: Decoder, task: (prepared: PreparedDecoder) => Promise<T>): Promise<T> {
  const originals = new Set(Object.values(decoder.weights));
  let prepared: PreparedDecoder | undefined;
  tf.tidy(() => {
    prepared = prepare(decoder);
    for (const tensor of layerTensors(prepared)) if (!originals.has(tensor)) tf.keep(tensor);
  });
  try {
    return await task(prepared!);
  } finally {
    for (const tensor of layerTensors(prepared!)) if (!originals.has(tensor)) tensor.dispose();
  }
}

function layerTensors({ layers }: PreparedDecoder): tf.Tensor[] {
  return layers.flatMap((layer) => Object.values(layer).filter((tensor) => tensor !== undefined) as tf.Tensor[]);
}

function prepareLayer(architecture: Architecture, parameter: (name: string) => tf.Tensor | undefined): PreparedLayer {
  const matrix = (name: string): tf.Tensor2D => parameter(`${name}.weight`)! as tf.Tensor2D;
  const inputGain = parameter('input_layernorm.weight')!;
  const innerGain = parameter('post_attention_layernorm.weight')!;
  const joined = byKeyHead(architecture, ['q', 'k', 'v'].map((name) => matrix(`self_attn.${name}_proj`)));
  const biases = ['q', 'k', 'v'].map((name) => parameter(`self_attn.${name}_proj.bias`));
  const [queryGain, keyGain] = ['q', 'k'].map((name) => parameter(`self_attn.${name}_norm.weight`));
  return {
    project: tf.mul(joined, inputGain),
    ...(biases[0] && { projectBias: tf.reshape(byKeyHead(architecture, biases as tf.Tensor[]), [-1]) }),
    ...(queryGain && keyGain && { queryKeyGains: tf.concat([tf.tile(queryGain, [groupOf(architecture)]), keyGain]) }),
    output: matrix('self_attn.o_proj'),
    gate: tf.mul(matrix('mlp.gate_proj'), innerGain),
    up: tf.mul(matrix('mlp.up_proj'), innerGain),
    down: matrix('mlp.down_proj'),
  };
}

/** Rows of queries, keys and values joined key head by key head. */
function byKeyHead({ keyValueHeads }: Architecture, matrices: readonly tf.Tensor[]): tf.Tensor2D {
  const width = matrices[0]!.shape[1] ?? 1;
  const heads = matrices.map((matrix) => tf.reshape(matrix, [keyValueHeads, -1, width]));
  return tf.reshape(tf.concat(heads, 1), [-1, width]);
}
