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
  readonly projectBias: tf.Tensor | undefined;
  /** Of the norms of queries and keys [(group + 1) · headDim]. */
  readonly queryKeyGains: tf.Tensor | undefined;
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
  /** What is trained of each layer, where a pass keeps no more than its layers' inputs and computes the rest twice. */
  readonly recompute?: readonly (readonly tf.Tensor[])[];
  readonly finalGain: tf.Tensor1D;
  /** [V, D] */
  readonly outputMatrix: tf.Tensor2D;
}

/** Weights that are no variables are the work of others: who asks for their gradient gets it. */
export function isTrained(tensor: tf.Tensor): boolean {
  return !(tensor instanceof tf.Variable) || tensor.trainable;
}

/** Query heads to a key head. */
export function groupOf({ heads, keyValueHeads }: Architecture): number {
  return heads / keyValueHeads;
}

/**
 * Joins and scales weights, differentiably, so that a layer takes fewer and larger operations: what this costs goes
 * with the weights, what it saves with every token.
 */
export function prepare(decoder: Decoder): PreparedDecoder {
  return { ...outerWeights(decoder), layers: eachLayer(decoder, (layer) => ({ ...layer })) };
}

/** The same for a pass that keeps little: the weights of a layer are joined when it is computed, each time anew. */
export function prepareToRecompute(decoder: Decoder): PreparedDecoder {
  const { architecture, weights } = decoder;
  const recompute = Array.from({ length: architecture.layers }, (_, layer) => {
    const prefix = layerParameter(layer, '');
    return Object.entries(weights).flatMap(([name, tensor]) =>
      name.startsWith(prefix) && isTrained(tensor) ? [tensor] : [],
    );
  });
  return { ...outerWeights(decoder), layers: eachLayer(decoder, (layer) => layer), recompute };
}

function outerWeights({ architecture, weights, rotary }: Decoder): Omit<PreparedDecoder, 'layers'> {
  return {
    architecture,
    rotary,
    embedding: weights[EMBEDDING]! as tf.Tensor2D,
    finalGain: weights[FINAL_NORM]! as tf.Tensor1D,
    outputMatrix: weights[outputParameter(architecture)]! as tf.Tensor2D,
  };
}

function eachLayer({ architecture, weights }: Decoder, of: (layer: PreparedLayer) => PreparedLayer): PreparedLayer[] {
  return Array.from({ length: architecture.layers }, (_, layer) =>
    of(preparedWhenRead(architecture, (name) => weights[layerParameter(layer, name)])),
  );
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

/** Every part is computed when it is read. */
function preparedWhenRead(
  architecture: Architecture,
  parameter: (name: string) => tf.Tensor | undefined,
): PreparedLayer {
  const matrix = (name: string): tf.Tensor2D => parameter(`${name}.weight`)! as tf.Tensor2D;
  const scaled = (x: tf.Tensor2D, norm: string): tf.Tensor2D => tf.mul(x, parameter(`${norm}.weight`)!);
  return {
    get project() {
      const joined = byKeyHead(
        architecture,
        ['q', 'k', 'v'].map((name) => matrix(`self_attn.${name}_proj`)),
      );
      return scaled(joined, 'input_layernorm');
    },
    get projectBias() {
      const biases = ['q', 'k', 'v'].flatMap((name) => parameter(`self_attn.${name}_proj.bias`) ?? []);
      return biases.length > 0 ? tf.reshape(byKeyHead(architecture, biases), [-1]) : undefined;
    },
    get queryKeyGains() {
      const [queryGain, keyGain] = ['q', 'k'].map((name) => parameter(`self_attn.${name}_norm.weight`));
      return queryGain && keyGain && tf.concat([tf.tile(queryGain, [groupOf(architecture)]), keyGain]);
    },
    get gate() {
      return scaled(matrix('mlp.gate_proj'), 'post_attention_layernorm');
    },
    get up() {
      return scaled(matrix('mlp.up_proj'), 'post_attention_layernorm');
    },
    output: matrix('self_attn.o_proj'),
    down: matrix('mlp.down_proj'),
  };
}

/** Rows of queries, keys and values joined key head by key head. */
function byKeyHead({ keyValueHeads }: Architecture, matrices: readonly tf.Tensor[]): tf.Tensor2D {
  const width = matrices[0]!.shape[1] ?? 1;
  const heads = matrices.map((matrix) => tf.reshape(matrix, [keyValueHeads, -1, width]));
  return tf.reshape(tf.concat(heads, 1), [-1, width]);
}
