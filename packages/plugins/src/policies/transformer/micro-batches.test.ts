import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PolicyBatch } from '@dapo/core';
import { bytesPerToken } from './memory.js';
import { microBatches, positionsOf } from './micro-batches.js';

function batch(
  prompts: readonly number[],
  responses: readonly (readonly [prompt: number, length: number])[],
): PolicyBatch {
  return {
    prompts: prompts.map((length) => new Int32Array(length)),
    responses: responses.map(([, length]) => ({ tokens: new Int32Array(length) })),
    promptOf: Int32Array.from(responses, ([prompt]) => prompt),
  };
}

const small = {
  family: 'llama',
  vocabularySize: 64,
  hiddenSize: 64,
  layers: 2,
  heads: 4,
  keyValueHeads: 4,
  headDim: 16,
  intermediateSize: 192,
  contextLength: 256,
  ropeTheta: 1e4,
  normEpsilon: 1e-6,
  tieEmbeddings: true,
} as const;

const drawn = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 9 })), { maxLength: 20 });

test.each([[true], [false]])(
  'every response is in one micro-batch, none is larger than the size, rows of a prompt lie side by side (packed: %s)',
  (packed) => {
    fc.assert(
      fc.property(drawn, fc.integer({ min: 1, max: 8 }), (responses, size) => {
        const whole = batch([4, 1, 9, 5], responses);
        const parts = microBatches(whole, { packed, limit: size });
        expect(parts.flat().sort((a, b) => a - b)).toEqual(responses.map((_, row) => row));
        expect(parts).toHaveLength(Math.ceil(responses.length / size));
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(size);
          const prompts = part.map((row) => whole.promptOf[row]!);
          expect(prompts).toEqual(prompts.toSorted((a, b) => a - b));
        }
      }),
    );
  },
);

test('packed sequences are cut by their tokens: no part has more than its share and half of its longest response', () => {
  fc.assert(
    fc.property(drawn, fc.integer({ min: 1, max: 40 }), (responses, tokens) => {
      const whole = batch([1, 1, 1, 1], responses);
      const parts = microBatches(whole, {
        packed: true,
        limit: { architecture: small, bytes: tokens * bytesPerToken(small) },
      });
      expect(parts.flat().sort((a, b) => a - b)).toEqual(responses.map((_, row) => row));
      for (const part of parts) expect(positionsOf(whole, [part]).computed).toBeLessThanOrEqual(tokens + 9);
    }),
  );
});

type Responses = readonly (readonly [prompt: number, length: number])[];

// prettier-ignore
test.each<[string, Responses, number[][]]>([
  ['prompts stay together with their responses', [[0, 3], [1, 4], [0, 5], [1, 6]], [[2, 0], [3, 1]]],
  ['responses to a prompt stand by length', [[0, 3], [0, 50], [0, 48], [0, 2]], [[1, 2], [0, 3]]],
])('%s', (_, responses, parts) => {
  expect(microBatches(batch([100, 100], responses), { packed: false, limit: 2 })).toEqual(parts);
});

test('a prompt is computed once in each part, an empty response as one token: the only padding', () => {
  const whole = batch(
    [5, 2],
    [
      [0, 3],
      [0, 1],
      [1, 4],
      [1, 0],
    ],
  );
  const all = { computed: 4 + 3 + 1 + 1 + 4 + 1, padding: 1 };
  expect(positionsOf(whole, [[0, 1, 2, 3]])).toEqual(all);
  expect(positionsOf(whole, [[0], [1], [2, 3]])).toEqual({ ...all, computed: all.computed + 4 });
});

test('the automatic size of padded responses grows with the limit, falls with length, and is at least 1', () => {
  const size = (length: number, bytes: number): number => {
    const whole = batch(
      [16],
      Array.from({ length: 4096 }, () => [0, length] as const),
    );
    return microBatches(whole, { packed: false, limit: { architecture: small, bytes } })[0]!.length;
  };
  expect(size(16, 2 ** 26)).toBeGreaterThan(size(16, 2 ** 25));
  expect(size(16, 2 ** 26)).toBeGreaterThan(2 * size(64, 2 ** 26));
  expect(size(16, 1)).toBe(1);
});
