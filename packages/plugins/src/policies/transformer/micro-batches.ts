import type { PolicyBatch } from '@dapo/core';
import type { Architecture } from './architecture.js';
import { bytesPerToken, bytesPerTokenRecomputed } from './memory.js';

/** How a batch is split. `packed`: sequences of a pass lie one after another, and padding costs nothing. */
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
 * Splits a batch into micro-batches, a function of lengths, shapes and the limit only. Packed sequences are taken prompt
 * by prompt, so that few prompts are computed twice. Padded ones likewise, or sorted by response length so that little is
 * padding, whichever asks for fewer positions.
 */
export function microBatches(batch: PolicyBatch, { packed, limit }: Split): number[][] {
  const length = (row: number): number => batch.responses[row]!.tokens.length;
  const prompt = (row: number): number => batch.promptOf[row]!;
  const rows = batch.responses.map((_, row) => row);
  const byLength = rows.toSorted((a, b) => length(b) - length(a) || prompt(a) - prompt(b) || a - b);
  const byPrompt = rows.toSorted((a, b) => prompt(a) - prompt(b) || length(b) - length(a) || a - b);
  if (packed && typeof limit === 'object')
    return cut(byPrompt, partsFor(batch, limit), (row) => Math.max(1, length(row)));
  const size = typeof limit === 'number' ? limit : automaticSize(limit.architecture, batch, limit.bytes);
  const [promptwise, lengthwise] = [byPrompt, byLength].map((order) => cut(order, Math.ceil(rows.length / size)));
  if (packed || positionsOf(batch, promptwise!, false).computed <= positionsOf(batch, lengthwise!, false).computed)
    return promptwise!;
  return lengthwise!.map((part) => part.toSorted((a, b) => prompt(a) - prompt(b) || a - b));
}

/** Token positions that a split computes, and how many of them are padding. */
export function positionsOf(
  batch: PolicyBatch,
  parts: readonly (readonly number[])[],
  packed: boolean,
): { readonly computed: number; readonly padding: number } {
  let [computed, padding] = [0, 0];
  const count = (lengths: readonly number[], shortest: number): void => {
    const own = sum(lengths);
    const all = packed
      ? sum(lengths.map((length) => Math.max(shortest, length)))
      : lengths.length * largest(lengths, shortest);
    computed += all;
    padding += all - own;
  };
  for (const rows of parts) {
    count(
      rows.map((row) => batch.responses[row]!.tokens.length),
      1,
    );
    count(
      [...new Set(rows.map((row) => batch.promptOf[row]!))].map((prompt) => batch.prompts[prompt]!.length - 1),
      0,
    );
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

/** Parts that packed sequences are cut into so that none keeps more than the bytes allowed, if one response doesn't. */
function partsFor(batch: PolicyBatch, { architecture, bytes, recomputed }: ByteLimit): number {
  const perToken = (recomputed ? bytesPerTokenRecomputed : bytesPerToken)(architecture);
  const tokens = positionsOf(batch, [batch.responses.map((_, row) => row)], true).computed;
  return Math.max(1, Math.min(batch.responses.length, Math.ceil((tokens * perToken) / bytes)));
}

/**
 * Padded responses at once that a byte limit allows for a forward and a backward pass: what every layer holds for a token,
 * the scores of its attention, and the vocabulary; a prompt counts by its share in the response. The factors are fitted to
 * the growth of the wasm heap.
 */
function automaticSize(architecture: Architecture, batch: PolicyBatch, byteLimit: number): number {
  const { layers, hiddenSize, heads, headDim, intermediateSize, vocabularySize } = architecture;
  const tokens = largest(
    batch.responses.map((response) => response.tokens.length),
    1,
  );
  const prefix = largest(
    batch.prompts.map((prompt) => prompt.length - 1),
    0,
  );
  const shared = (prefix * new Set(batch.promptOf).size) / Math.max(1, batch.responses.length);
  const perToken = 20 * hiddenSize + 30 * heads * headDim + 18 * intermediateSize + 8 * heads * (tokens + prefix);
  const bytes = 4 * ((tokens + shared) * layers * perToken + 15 * tokens * vocabularySize);
  return Math.max(1, Math.floor(byteLimit / bytes));
}

function sum(lengths: readonly number[]): number {
  return lengths.reduce((a, b) => a + b, 0);
}

function largest(lengths: readonly number[], least: number): number {
  return lengths.reduce((a, b) => Math.max(a, b), least);
}
