import { hasKernel, runKernel, tf } from '@dapo/core';
import type { KeepingAttention } from './decoder.js';
import { groupOf, type PreparedDecoder } from './prepared.js';
import type { Rotation } from './rotary.js';
import { eachHeadNormed } from './segment-attention.js';

/** Queries, keys and values as the projection wrote them, turned by their positions [rows · tokens, …]. */
export type Packed = tf.Tensor2D;

/** Prompts that rows share: row r sees the one whose starts it lies between. */
export interface PackedPrefixes {
  /** One a layer [prompts · tokens, …]. */
  readonly layers: readonly Packed[];
  /** Tokens of the longest; others are padded at the end. */
  readonly tokens: number;
  /** How many tokens count [prompts], int32. */
  readonly lengths: tf.Tensor1D;
}

export interface PackedPass {
  readonly rotation: Rotation;
  readonly tokens: number;
  /** First row of each prompt, then the number of rows [prompts + 1], int32. */
  readonly starts: tf.Tensor1D;
  readonly prefixes?: PackedPrefixes;
}

/** True where the backend has the kernels that `PackedAttention` is made of. */
export function canPack(): boolean {
  return hasKernel('DapoAttend') && hasKernel('DapoRotate');
}

/** Causal attention in one piece, over projections where they lie. */
export class PackedAttention implements KeepingAttention {
  /** What the pass itself adds, one a layer. */
  readonly own: Packed[] = [];

  constructor(
    private readonly decoder: PreparedDecoder,
    private readonly pass: PackedPass,
  ) {}

  attend(layer: number, projected: tf.Tensor2D): tf.Tensor2D {
    const { tokens, starts, prefixes } = this.pass;
    const { keyValueHeads, headDim } = this.decoder.architecture;
    this.keep(layer, projected);
    const sizes = {
      keyHeads: keyValueHeads,
      group: groupOf(this.decoder.architecture),
      headDim,
      tokens,
      prefixTokens: prefixes?.tokens ?? 0,
    };
    return attendPacked(this.own[layer]!, prefixes?.layers[layer], { starts, ...(prefixes && { lengths: prefixes.lengths }) }, sizes);
  }

  keep(layer: number, projected: tf.Tensor2D): void {
    this.own[layer] = turnHeads(this.decoder, layer, projected, this.pass.rotation);
  }
}

/** Queries and keys turned by their positions, values as they are; with the norms of Qwen3 before. */
export function turnHeads({ architecture, layers }: PreparedDecoder, layer: number, projected: tf.Tensor2D, { cos, sin }: Rotation): Packed {
  const { keyValueHeads, headDim, normEpsilon } = architecture;
  const { queryKeyGains } = layers[layer]!;
  const turned = groupOf(architecture) + 1;
  let x = projected;
  if (queryKeyGains) {
    const heads = tf.reshape(projected, [-1, keyValueHeads, (turned + 1) * headDim]);
    const [queriesAndKeys, values] = tf.split(heads, [turned * headDim, headDim], 2) as [tf.Tensor3D, tf.Tensor3D];
    x = tf.reshape(tf.concat([tf.mul(eachHeadNormed(queriesAndKeys, headDim, normEpsilon), queryKeyGains), values], 2), projected.shape);
  }
  const turn = (of: tf.Tensor, direction: 1 | -1, cosines: tf.Tensor = cos, sines: tf.Tensor = sin): tf.Tensor =>
    runKernel('DapoRotate', { x: of, cos: cosines, sin: sines }, { keyHeads: keyValueHeads, turned, headDim, direction })[0]!;
  const rotate = tf.customGrad((...inputs) => {
    const [from, save] = inputs as [tf.Tensor, tf.GradSaveFunc];
    save([cos, sin]);
    const gradFunc = (dy: tf.Tensor | tf.Tensor[], saved: tf.Tensor[]) => turn(dy as tf.Tensor, -1, saved[0], saved[1]);
    return { value: turn(from, 1), gradFunc };
  });
  return rotate(x) as Packed;
}

function attendPacked(
  x: Packed,
  prefix: Packed | undefined,
  { starts, lengths }: { readonly starts: tf.Tensor1D; readonly lengths?: tf.Tensor1D },
  sizes: Readonly<Record<string, number>>,
): tf.Tensor2D {
  const compute = tf.customGrad((...inputs) => {
    const save = inputs.at(-1) as unknown as tf.GradSaveFunc;
    const [own, before] = inputs.slice(0, -1) as tf.Tensor[];
    const given = (of: readonly (tf.Tensor | undefined)[]) => {
      const [from, packed, rows, counts] = of;
      return { x: from!, starts: rows!, ...(packed && { prefix: packed, lengths: counts! }) };
    };
    const tensors = [own, before, starts, lengths];
    const [value, stats] = runKernel('DapoAttend', given(tensors), sizes) as [tf.Tensor, tf.Tensor];
    const present = tensors.filter((tensor) => tensor !== undefined);
    save([stats, ...present]);
    const gradFunc = (dy: tf.Tensor | tf.Tensor[], [saved, ...kept]: tf.Tensor[]) => {
      const again = before ? kept : [kept[0], undefined, kept[1]];
      return runKernel('DapoAttendBackward', { ...given(again), stats: saved!, dy: dy as tf.Tensor }, sizes);
    };
    return { value, gradFunc };
  });
  return compute(x, ...(prefix ? [prefix] : [])) as tf.Tensor2D;
}
