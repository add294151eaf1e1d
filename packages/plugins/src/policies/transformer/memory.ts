import type { Architecture } from './architecture.js';

const FLOAT_BYTES = 4;

/**
 * Bytes that a token of a packed pass takes at the end of its way back, when TensorFlow.js holds what the way forth kept
 * and all slopes: of each layer what two norms gave, queries, keys and values turned, what attention gave, gate, up and
 * their product, and the slopes of these and of what came of them. Counted by the wasm heap's allocations.
 */
export function bytesPerToken({ layers, hiddenSize, heads, keyValueHeads, headDim, intermediateSize }: Architecture): number {
  const perLayer = 10 * hiddenSize + 5 * heads * headDim + 6 * keyValueHeads * headDim + 6 * intermediateSize;
  return FLOAT_BYTES * (layers * perLayer + 9 * hiddenSize);
}
