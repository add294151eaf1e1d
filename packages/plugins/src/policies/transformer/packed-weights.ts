import { runKernel, tf } from '@dapo/core';
import { families } from './architecture.js';
import { groupOf, type PreparedDecoder, type PreparedLayer } from './prepared.js';

/** A decoder's shape as the kernels of a token take it. */
export interface DecoderShape extends tf.NamedAttrMap {
  readonly layers: number;
  readonly keyHeads: number;
  readonly group: number;
  readonly headDim: number;
  readonly inner: number;
  readonly epsilon: number;
  readonly biased: boolean;
  readonly normed: boolean;
}

export function shapeOf({ architecture, layers }: PreparedDecoder): DecoderShape {
  const { family, keyValueHeads, headDim, intermediateSize, normEpsilon } = architecture;
  const { biases, queryKeyNorm } = families[family];
  return {
    layers: layers.length,
    keyHeads: keyValueHeads,
    group: groupOf(architecture),
    headDim,
    inner: intermediateSize,
    epsilon: normEpsilon,
    biased: biases,
    normed: queryKeyNorm,
  };
}

/** A decoder's layers in the order in which a token's products read them: packed once, for all tokens. */
export function packWeights({ architecture, layers }: PreparedDecoder): tf.Tensor1D {
  const gains = (groupOf(architecture) + 1) * architecture.headDim;
  return tf.tidy(() => {
    const parts = layers.flatMap((layer) => partsOf(layer, gains));
    const named = Object.fromEntries(parts.map((tensor, i) => [`t${i}`, tensor]));
    return runKernel('DapoPackWeights', named)[0] as tf.Tensor1D;
  });
}

/** Where a family has no biases or gains, zeros keep their place. */
function partsOf(
  { project, projectBias, queryKeyGains, output, gate, up, down }: PreparedLayer,
  gains: number,
): tf.Tensor[] {
  return [
    project,
    projectBias ?? tf.zeros([project.shape[0]]),
    queryKeyGains ?? tf.zeros([gains]),
    output,
    gate,
    up,
    down,
  ];
}
