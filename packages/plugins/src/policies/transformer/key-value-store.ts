import { runKernel, type tf } from '@dapo/core';
import type { Architecture } from './architecture.js';

/** Values that a token's keys and values take in all layers; heads in whole vectors of four. */
export function cacheWidth({ layers, keyValueHeads, headDim }: Architecture): number {
  return 2 * layers * keyValueHeads * wholeVectors(headDim);
}

/** Tokens that a place has room for: kernels read keys by fours. */
export function capacityFor(tokens: number): number {
  return wholeVectors(Math.max(1, tokens));
}

/** Of some layers and each place its keys and its values, token by token. Nothing is written to it. To be called within a tidy. */
export function emptyStore(
  { keyValueHeads, headDim }: Architecture,
  layers: number,
  places: number,
  tokens: number,
): tf.Tensor {
  const shape = [layers, places, 2, capacityFor(tokens), keyValueHeads, wholeVectors(headDim)];
  return runKernel('DapoAllocate', {}, { shape })[0]!;
}

function wholeVectors(length: number): number {
  return 4 * Math.ceil(length / 4);
}
