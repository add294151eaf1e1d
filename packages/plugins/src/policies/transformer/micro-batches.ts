import type { PolicyBatch } from '@dapo/core';
import type { Architecture } from './architecture.js';
import { LOGITS_AT_ONCE } from './chunked-log-probs.js';
import { bytesPerToken, bytesPerTokenRecomputed, FLOAT_BYTES } from './memory.js';

/** How a batch is split. `packed`: attention needs no padding either. */
export interface Split {
  readonly packed: boolean;
  /** Responses at once, or bytes at once of what a pass of this architecture keeps for the way back. */
  readonly limit: number | ByteLimit;
}

export interface ByteLimit {
  readonly architecture: Architecture;
  readonly bytes: number;
  /** The pass keeps the inputs of its layers only. */
  readonly recomputed?: boolean;
}

/** Whether what a packed pass keeps of one prompt and response is more than the limit: smaller micro-batches don't help. */
export function exceedsAlone(batch: PolicyBatch, { architecture, bytes }: ByteLimit): boolean {
  const longest = batch.responses.reduce(
    (most, { tokens }, row) => Math.max(most, tokens.length + batch.prompts[batch.promptOf[row]!]!.length - 1),
    0,
  );
  return longest * bytesPerToken(architecture) > bytes;
}

/**
 * Splits a batch into micro-batches, a function of lengths, shapes and the limit only: prompt by prompt, so that few
 * prompts are computed twice, and by length within a prompt.
 */
export function microBatches(batch: PolicyBatch, { packed, limit }: Split): number[][] {
  const length = (row: number): number => batch.responses[row]!.tokens.length;
  const prompt = (row: number): number => batch.promptOf[row]!;
  const rows = batch.responses.map((_, row) => row);
  const byPrompt = rows.toSorted((a, b) => prompt(a) - prompt(b) || length(b) - length(a) || a - b);
  if (typeof limit === 'number') return cut(byPrompt, Math.ceil(rows.length / limit));
  const bytes = (packed ? packedBytes : paddedBytes)(batch, limit);
  const count = Math.max(1, Math.min(rows.length, Math.ceil(bytes / limit.bytes)));
  return cut(byPrompt, count, (row) => Math.max(1, length(row)));
}

/** Token positions that layers compute in a split, and how many of them belong to no token: one for an empty response. */
export function positionsOf(
  batch: PolicyBatch,
  parts: readonly (readonly number[])[],
): { readonly computed: number; readonly padding: number } {
  let [computed, padding] = [0, 0];
  for (const rows of parts) {
    const prompts = new Set(rows.map((row) => batch.promptOf[row]!));
    const lengths = rows.map((row) => batch.responses[row]!.tokens.length);
    padding += lengths.filter((length) => length === 0).length;
    computed += sum(lengths.map((length) => Math.max(1, length)));
    computed += sum([...prompts].map((prompt) => batch.prompts[prompt]!.length - 1));
  }
  return { computed, padding };
}

/** So many parts of consecutive rows, of nearly the same weight; none of them empty. */
function cut(rows: readonly number[], count: number, weightOf: (row: number) => number = () => 1): number[][] {
  const whole = sum(rows.map(weightOf));
  const parts: number[][] = [];
  let weight = 0;
  for (const row of rows) {
    // A row belongs to the part that its middle lies in.
    const part = Math.min(count - 1, Math.floor(((weight + weightOf(row) / 2) / whole) * count));
    weight += weightOf(row);
    (parts[part] ??= []).push(row);
  }
  return parts.filter((part) => part.length > 0);
}

/** What a packed pass of the whole batch keeps. */
function packedBytes(batch: PolicyBatch, { architecture, recomputed }: ByteLimit): number {
  return tokensOf(batch) * (recomputed ? bytesPerTokenRecomputed : bytesPerToken)(architecture);
}

/**
 * What a forward and a backward pass of the whole batch take in TensorFlow.js operations: what every layer holds for a
 * token, its heads and the scores of its attention, where all are padded to the longest, and the logits that are there at
 * once. The factors are fitted to the growth of the wasm heap.
 */
function paddedBytes(batch: PolicyBatch, { architecture }: ByteLimit): number {
  const { layers, hiddenSize, heads, headDim, intermediateSize, vocabularySize } = architecture;
  const longest = largest(batch.responses.map(({ tokens }) => tokens.length));
  const prefix = largest(batch.prompts.map((prompt) => prompt.length - 1));
  const padded = batch.responses.length * Math.max(1, longest) + new Set(batch.promptOf).size * prefix;
  const tokens = tokensOf(batch);
  const layer =
    tokens * (20 * hiddenSize + 18 * intermediateSize) + padded * heads * (30 * headDim + 8 * (longest + prefix));
  return FLOAT_BYTES * (layers * layer + 15 * Math.min(tokens * vocabularySize, LOGITS_AT_ONCE));
}

function tokensOf(batch: PolicyBatch): number {
  return positionsOf(batch, [batch.responses.map((_, row) => row)]).computed;
}

function sum(lengths: readonly number[]): number {
  return lengths.reduce((a, b) => a + b, 0);
}

function largest(lengths: readonly number[]): number {
  return lengths.reduce((a, b) => Math.max(a, b), 0);
}
