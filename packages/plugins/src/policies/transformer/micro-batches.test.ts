import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PolicyBatch } from '@dapo/core';
import { automaticSize, microBatches } from './micro-batches.js';

function batch(prompts: readonly number[], responses: readonly (readonly [prompt: number, length: number])[]): PolicyBatch {
  return {
    prompts: prompts.map((length) => new Int32Array(length)),
    responses: responses.map(([, length]) => ({ tokens: new Int32Array(length) })),
    promptOf: Int32Array.from(responses, ([prompt]) => prompt),
  };
}

test('every response is in one micro-batch, none is larger than the size, rows of a prompt lie side by side', () => {
  const responses = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 9 })), { maxLength: 20 });
  fc.assert(
    fc.property(responses, fc.integer({ min: 1, max: 8 }), (drawn, size) => {
      const whole = batch([4, 1, 9, 5], drawn);
      const parts = microBatches(whole, size);
      expect(parts.flat().sort((a, b) => a - b)).toEqual(drawn.map((_, row) => row));
      expect(parts).toHaveLength(Math.ceil(drawn.length / size));
      for (const part of parts) {
        expect(part.length).toBeLessThanOrEqual(size);
        const prompts = part.map((row) => whole.promptOf[row]!);
        expect(prompts).toEqual(prompts.toSorted((a, b) => a - b));
      }
    }),
  );
});

test('long prompts stay together with their responses', () => {
  const whole = batch([100, 100], [[0, 3], [1, 4], [0, 5], [1, 6]]);
  expect(microBatches(whole, 2)).toEqual([[0, 2], [1, 3]]);
});

test('with short prompts, responses of like length stay together', () => {
  const whole = batch([2, 2], [[0, 3], [1, 50], [0, 48], [1, 2]]);
  expect(microBatches(whole, 2)).toEqual([[2, 1], [0, 3]]);
});

const small = {
  family: 'llama', vocabularySize: 64, hiddenSize: 64, layers: 2, heads: 4, keyValueHeads: 4, headDim: 16,
  intermediateSize: 192, contextLength: 256, ropeTheta: 1e4, normEpsilon: 1e-6, tieEmbeddings: true,
} as const;

test('the automatic size grows with the limit and falls with length, and is at least 1', () => {
  const size = (length: number, limit: number): number => automaticSize(small, batch([16], [[0, length]]), limit);
  expect(size(16, 2 ** 28)).toBeGreaterThan(size(16, 2 ** 27));
  expect(size(16, 2 ** 28)).toBeGreaterThan(2 * size(64, 2 ** 28));
  expect(size(16, 1)).toBe(1);
});
