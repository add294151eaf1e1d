import { tf } from '@dapo/core';
import { attend, type Segment } from './attention.js';
import type { KeepingAttention } from './decoder.js';
import { rmsNorm } from './layer-functions.js';
import type { Padding } from './padding.js';
import { groupOf, type PreparedDecoder } from './prepared.js';
import { rotate, type Rotation } from './rotary.js';

/** Tokens that go through the decoder together: N = rows · tokens, or fewer where rows are padded for attention alone. */
export interface Pass {
  readonly rows: number;
  /** Of rows · tokens. */
  readonly rotation: Rotation;
  readonly padding?: Padding;
  /** Of its own keys; without it a token sees all of its row. */
  readonly mask?: tf.Tensor4D;
}

/** What the queries of a layer look at, given the keys and values of the pass itself. */
export type Segments = (layer: number, own: Segment) => readonly Segment[];

/** Attention in TensorFlow.js operations, over segments of keys and values. */
export class SegmentAttention implements KeepingAttention {
  /** Keys and values of the pass itself, a segment a layer. */
  readonly own: Segment[] = [];

  constructor(
    private readonly decoder: PreparedDecoder,
    private readonly pass: Pass,
    private readonly segments: Segments = (_, own) => [own],
  ) {}

  attend(layer: number, projected: tf.Tensor2D): tf.Tensor2D {
    const { queries, own } = this.split(layer, projected);
    this.own[layer] = own;
    const attended = attend(queries, this.segments(layer, own));
    const { rows, padding } = this.pass;
    const count = rows * own.keys.shape[2];
    const byToken = tf.transpose(tf.reshape(attended, [queries.shape[0], count, -1]), [1, 0, 2]);
    const heads = tf.reshape(byToken, [count, -1]) as tf.Tensor2D;
    return padding ? padding.strip(heads) : heads;
  }

  keep(layer: number, projected: tf.Tensor2D): void {
    this.own[layer] = this.split(layer, projected).own;
  }

  /** Queries [keyValueHeads, rows, tokens · group, headDim], and keys and values of the pass itself. */
  private split(layer: number, projected: tf.Tensor2D): { readonly queries: tf.Tensor4D; readonly own: Segment } {
    const { architecture, layers } = this.decoder;
    const { keyValueHeads, headDim, normEpsilon } = architecture;
    const { rows, rotation, mask, padding } = this.pass;
    const { queryKeyGains } = layers[layer]!;
    const turned = (groupOf(architecture) + 1) * headDim;
    const inRows = padding ? padding.pad(projected) : projected;
    const byHead = tf.transpose(tf.reshape(inRows, [-1, keyValueHeads, turned + headDim]), [1, 0, 2]);
    const [queriesAndKeys, values] = tf.split(byHead, [turned, headDim], 2) as [tf.Tensor3D, tf.Tensor3D];
    const normed = queryKeyGains
      ? tf.mul(eachHeadNormed(queriesAndKeys, headDim, normEpsilon), queryKeyGains)
      : queriesAndKeys;
    const [queries, keys] = tf.split(rotate(normed as tf.Tensor3D, rotation), [turned - headDim, headDim], 2);
    const shaped = (part: tf.Tensor): tf.Tensor4D => tf.reshape(part, [keyValueHeads, rows, -1, headDim]);
    return { queries: shaped(queries!), own: { keys: shaped(keys!), values: shaped(values), ...(mask && { mask }) } };
  }
}

/** The norm of queries and keys [..., heads · headDim], each head by itself. */
export function eachHeadNormed(x: tf.Tensor, headDim: number, epsilon: number): tf.Tensor {
  return tf.reshape(rmsNorm(tf.reshape(x, [-1, headDim]), epsilon), x.shape);
}
