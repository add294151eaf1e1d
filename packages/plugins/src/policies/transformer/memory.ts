import type { Architecture } from './architecture.js';

export const FLOAT_BYTES = 4;

/**
 * Bytes that a token of a packed pass takes at the end of its way back, when TensorFlow.js holds what the way forth kept
 * and all slopes: of each layer what two norms gave, queries, keys and values turned, what attention gave, gate, up and
 * their product, and the slopes of these and of what came of them. Counted by the wasm heap's allocations.
 */
export function bytesPerToken(architecture: Architecture): number {
  return FLOAT_BYTES * (architecture.layers * floatsOfLayer(architecture) + 9 * architecture.hiddenSize);
}

/** The same of a pass that keeps the inputs of its layers and computes one after the other anew. */
export function bytesPerTokenRecomputed(architecture: Architecture): number {
  return FLOAT_BYTES * (floatsOfLayer(architecture) + (architecture.layers + 9) * architecture.hiddenSize);
}

function floatsOfLayer({ hiddenSize, heads, keyValueHeads, headDim, intermediateSize }: Architecture): number {
  return 10 * hiddenSize + 5 * heads * headDim + 6 * keyValueHeads * headDim + 6 * intermediateSize;
}
