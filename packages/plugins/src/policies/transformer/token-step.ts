import type { tf } from '@dapo/core';
import type { Packed } from './packed-attention.js';

/**
 * What a step is told of each row: its newest token and that token's position; its place in the cache and the tokens that
 * are there; the place of its prompt and that prompt's tokens but the last.
 */
export const ROW_WIDTH = 6;

/** A prompt as a packed pass holds it, and where its keys and values go. */
export interface StoredPrompt {
  readonly place: number;
  /** Its first token in the pass, and how many it has. */
  readonly from: number;
  readonly length: number;
}

export interface Room {
  /** Responses at a time. */
  readonly places: number;
  /** Prompts at a time: more than their responses take, so that the next ones are computed together. */
  readonly promptPlaces: number;
}

/** The longest of a request, in tokens. */
export interface Lengths {
  readonly prompt: number;
  readonly response: number;
}

/** A token of each row through the decoder. It owns the cache, a place for each row and each prompt. */
export interface TokenStep {
  /** @param own queries, keys and values of a pass over prompts, a tensor a layer */
  storePrompts(own: readonly Packed[], prompts: readonly StoredPrompt[]): void;
  /**
   * Adds the keys and values of the newest tokens to the cache. To be called within a tidy.
   *
   * @param table [rows, ROW_WIDTH]
   * @returns hidden states after the last norm [rows, D]
   */
  next(table: Int32Array): tf.Tensor2D;
  dispose(): void;
}
