import type { PolicyBatch } from '@dapo/core';
import type { Architecture } from './architecture.js';

/**
 * Splits a batch into micro-batches: sorted by response length, then prompt, so that little of each is padding, or by
 * prompt, then length, so that few prompts are computed twice; whichever asks for fewer positions. A function of
 * lengths alone.
 *
 * @param size responses at once
 */
export function microBatches(batch: PolicyBatch, size: number): number[][] {
  const length = (row: number): number => batch.responses[row]!.tokens.length;
  const prompt = (row: number): number => batch.promptOf[row]!;
  const rows = batch.responses.map((_, row) => row);
  const byLength = rows.toSorted((a, b) => length(b) - length(a) || prompt(a) - prompt(b) || a - b);
  const byPrompt = rows.toSorted((a, b) => prompt(a) - prompt(b) || length(b) - length(a) || a - b);
  const plans = [cut(byPrompt, size), cut(byLength, size)].map((parts) => ({ parts, cost: positions(batch, parts) }));
  const best = plans[1]!.cost < plans[0]!.cost ? plans[1]! : plans[0]!;
  return best.parts.map((part) => part.toSorted((a, b) => prompt(a) - prompt(b) || a - b));
}

/** As few parts as the size allows, of nearly the same size. */
function cut(rows: readonly number[], size: number): number[][] {
  const count = Math.ceil(rows.length / size);
  const start = (part: number): number => Math.round((part * rows.length) / count);
  return Array.from({ length: count }, (_, part) => rows.slice(start(part), start(part + 1)));
}

/** Token positions that a plan computes, padding included. */
function positions(batch: PolicyBatch, parts: readonly (readonly number[])[]): number {
  return parts.reduce((sum, rows) => sum + rows.length * longestResponse(batch, rows) + prefixPositions(batch, rows), 0);
}

function prefixPositions(batch: PolicyBatch, rows: readonly number[]): number {
  const prompts = [...new Set(rows.map((row) => batch.promptOf[row]!))];
  return prompts.length * (Math.max(...prompts.map((prompt) => batch.prompts[prompt]!.length)) - 1);
}

function longestResponse(batch: PolicyBatch, rows: readonly number[]): number {
  return rows.reduce((max, row) => Math.max(max, batch.responses[row]!.tokens.length), 1);
}

/**
 * Responses at once that a byte limit allows for a forward and a backward pass: what every layer holds for a token, the
 * scores of its attention, and the vocabulary; a prompt counts by its share in the response. The factors are fitted to
 * the growth of the wasm heap. A function of shapes and the limit only.
 */
export function automaticSize(architecture: Architecture, batch: PolicyBatch, byteLimit: number): number {
  const { layers, hiddenSize, heads, headDim, intermediateSize, vocabularySize } = architecture;
  const tokens = longestResponse(batch, batch.responses.map((_, row) => row));
  const prefix = batch.prompts.reduce((max, prompt) => Math.max(max, prompt.length - 1), 0);
  const shared = (prefix * new Set(batch.promptOf).size) / Math.max(1, batch.responses.length);
  const perToken = 20 * hiddenSize + 30 * heads * headDim + 18 * intermediateSize + 8 * heads * (tokens + prefix);
  const bytes = 4 * ((tokens + shared) * layers * perToken + 15 * tokens * vocabularySize);
  return Math.max(1, Math.floor(byteLimit / bytes));
}
