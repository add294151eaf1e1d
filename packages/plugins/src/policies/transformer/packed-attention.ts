import { hasKernel, runKernel, tf } from '@dapo/core';
import type { Architecture } from './architecture.js';
import type { KeepingAttention, RepeatableAttention } from './decoder.js';
import { groupOf, type PreparedDecoder } from './prepared.js';
import type { Rotation } from './rotary.js';
import { eachHeadNormed } from './segment-attention.js';

/** Queries, keys and values as the projection wrote them, turned by their positions [tokens, …]. */
export type Packed = tf.Tensor2D;

/** Prompts and the rows (responses) that see them, one sequence after another, without padding: the prompts first. */
export interface PackedPass {
  readonly rotation: Rotation;
  /** Where each sequence begins, then where the last one ends [prompts + rows + 1], int32. */
  readonly offsets: tf.Tensor1D;
  /** First row of each prompt, then the number of rows [prompts + 1], int32. */
  readonly starts: tf.Tensor1D;
  /** Tokens of the longest row and of the longest prompt. */
  readonly longest: number;
  readonly longestPrompt: number;
}

/** True where the backend has the kernels that `PackedAttention` is made of. */
export function canPack(): boolean {
  return hasKernel('DapoAttend') && hasKernel('DapoRotate');
}

/** Causal attention in one piece, over projections where they lie. */
export class PackedAttention implements KeepingAttention, RepeatableAttention {
  /** What the pass itself adds, one a layer. */
  readonly own: Packed[] = [];

  constructor(
    private readonly decoder: PreparedDecoder,
    private readonly pass: PackedPass,
  ) {}

  get constants(): tf.Tensor[] {
    const { rotation, offsets, starts } = this.pass;
    return [rotation.cos, rotation.sin, offsets, starts];
  }

  over(constants: readonly tf.Tensor[]): PackedAttention {
    const [cos, sin, offsets, starts] = constants as [tf.Tensor3D, tf.Tensor3D, tf.Tensor1D, tf.Tensor1D];
    return new PackedAttention(this.decoder, {
      ...this.pass,
      rotation: { ...this.pass.rotation, cos, sin },
      offsets,
      starts,
    });
  }

  attend(layer: number, projected: tf.Tensor2D): tf.Tensor2D {
    this.keep(layer, projected);
    return attendPacked(this.own[layer]!, this.pass, this.decoder.architecture);
  }

  keep(layer: number, projected: tf.Tensor2D): void {
    this.own[layer] = turnHeads(this.decoder, layer, projected, this.pass.rotation);
  }
}

/** Queries and keys turned by their positions, values as they are; with the norms of Qwen3 before. */
export function turnHeads(
  { architecture, layers }: PreparedDecoder,
  layer: number,
  projected: tf.Tensor2D,
  { cos, sin }: Rotation,
): Packed {
  const { keyValueHeads, headDim, normEpsilon } = architecture;
  const { queryKeyGains } = layers[layer]!;
  const turned = groupOf(architecture) + 1;
  let x = projected;
  if (queryKeyGains) {
    const heads = tf.reshape(projected, [-1, keyValueHeads, (turned + 1) * headDim]);
    const [queriesAndKeys, values] = tf.split(heads, [turned * headDim, headDim], 2) as [tf.Tensor3D, tf.Tensor3D];
    x = tf.reshape(
      tf.concat([tf.mul(eachHeadNormed(queriesAndKeys, headDim, normEpsilon), queryKeyGains), values], 2),
      projected.shape,
    );
  }
  const turn = (of: tf.Tensor, direction: 1 | -1, cosines: tf.Tensor = cos, sines: tf.Tensor = sin): tf.Tensor =>
    runKernel(
      'DapoRotate',
      { x: of, cos: cosines, sin: sines },
      { keyHeads: keyValueHeads, turned, headDim, direction },
    )[0]!;
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
  { offsets, starts, longest, longestPrompt }: PackedPass,
  architecture: Architecture,
): tf.Tensor2D {
  const { keyValueHeads, headDim } = architecture;
  const sizes = {
    keyHeads: keyValueHeads,
    group: groupOf(architecture),
    headDim,
    tokens: longest,
    prefixTokens: longestPrompt,
  };
  const compute = tf.customGrad((...inputs) => {
    const [own, save] = inputs as [tf.Tensor, tf.GradSaveFunc];
    const [value, stats] = runKernel('DapoAttend', { x: own, offsets, starts }, sizes) as [tf.Tensor, tf.Tensor];
    save([own, offsets, starts, stats]);
    const gradFunc = (dy: tf.Tensor | tf.Tensor[], saved: tf.Tensor[]) => {
      const [of, sequences, owners, facts] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      return runKernel(
        'DapoAttendBackward',
        { x: of, offsets: sequences, starts: owners, stats: facts, dy: dy as tf.Tensor },
        sizes,
      )[0]!;
    };
    return { value, gradFunc };
  });
  return compute(x) as tf.Tensor2D;
}
