import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { tf } from '@dapo/core';
import {
  architecture as base,
  decoderOf,
  decodingDifference as differenceOf,
  rowsOf,
} from '../../../../../test/fixtures/decoding.js';
import { drawPrompts, sampleRequest, startWasm, VOCABULARY } from '../../../../../test/fixtures/tiny-policy.js';
import { registerKernels } from '../../backends/kernels/register-kernels.js';
import type { Architecture } from './architecture.js';
import { canDecodeInPlace, ContinuousDecoding, roomFor } from './continuous-decoding.js';
import { passKeysAndValues } from './decoder.js';
import { withPrepared } from './prepared.js';
import { SegmentAttention } from './segment-attention.js';
import type { Room } from './token-step.js';

beforeAll(startWasm);

describe('a token in one piece is what the operations one by one give', () => {
  test.each<[string, Partial<Architecture>]>([
    ['grouped queries', {}],
    ['a key head for each query head', { keyValueHeads: 4 }],
    ['one key head', { keyValueHeads: 1 }],
    ['biases', { family: 'qwen2' }],
    ['norms of heads', { family: 'qwen3' }],
    ['an output matrix of its own', { tieEmbeddings: false }],
    ['heads of 32, a row of several panels', { hiddenSize: 40, headDim: 32, heads: 2, intermediateSize: 70 }],
    ['heads of 16', { headDim: 16 }],
    ['heads of no whole vector, next to each other', { headDim: 6, hiddenSize: 10, intermediateSize: 13 }],
    ['heads of 2', { headDim: 2, heads: 8, keyValueHeads: 8 }],
    ['sums in several chunks', { hiddenSize: 300, intermediateSize: 530, layers: 1 }],
  ])('%s', async (_name, shape) => {
    const request = sampleRequest(drawPrompts([5, 1, 12, 9]), 3, { maxResponseLength: 11 });
    expect(await differenceOf({ ...base, ...shape }, request)).toBeLessThan(2e-4);
  });

  test('rows that leave unevenly: of one prompt nearly all stay, of the others few', async () => {
    // 7 rows of which the first 5 share a prompt: more seats would be empty than taken, so that keys are copied; then fewer.
    const request = sampleRequest(drawPrompts([6, 9, 4]), 5, { maxResponseLength: 11 });
    const left: Record<number, readonly number[]> = { 1: [6, 7, 8, 9, 11, 12, 13, 14], 4: [3, 4], 7: [0, 5] };
    expect(
      await differenceOf(base, request, { leaves: (row, token) => left[token]?.includes(row) ?? false }),
    ).toBeLessThan(2e-4);
  });

  test('places that end within a group', async () => {
    const request = sampleRequest(drawPrompts([6, 9]), 4, { maxResponseLength: 6 });
    expect(await differenceOf(base, request, { places: 6, leaves: () => false })).toBeLessThan(2e-4);
  });

  test('rows that come and go at random', { timeout: 180_000 }, async () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 });
    const lives = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 24, maxLength: 24 });
    await fc.assert(
      fc.asyncProperty(
        lengths,
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 24 }),
        lives,
        async (promptLengths, groupSize, places, life) => {
          const request = sampleRequest(drawPrompts(promptLengths), groupSize, { maxResponseLength: 10 });
          expect(
            await differenceOf(base, request, { places, leaves: (row, token) => life[row] === token }),
          ).toBeLessThan(1e-3);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('more rows than go through the layers together', async () => {
    expect(await differenceOf(base, sampleRequest(drawPrompts([3, 4]), 101, { maxResponseLength: 2 }))).toBeLessThan(
      2e-4,
    );
  });

  test('shapes at random', { timeout: 180_000 }, async () => {
    const shape = fc.record({
      family: fc.constantFrom('llama' as const, 'qwen2' as const, 'qwen3' as const),
      // A row of few values has a norm that the rounding of a value near 0 decides.
      hiddenSize: fc.integer({ min: 6, max: 40 }),
      layers: fc.integer({ min: 1, max: 3 }),
      keyValueHeads: fc.integer({ min: 1, max: 3 }),
      headDim: fc.integer({ min: 1, max: 20 }).map((half) => 2 * half),
      intermediateSize: fc.integer({ min: 1, max: 40 }),
    });
    const group = fc.integer({ min: 1, max: 3 });
    const lengths = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        shape,
        group,
        lengths,
        fc.integer({ min: 1, max: 9 }),
        async (chosen, queries, promptLengths, groupSize) => {
          const architecture = { ...base, ...chosen, heads: chosen.keyValueHeads * queries };
          const request = sampleRequest(drawPrompts(promptLengths), groupSize, { maxResponseLength: 9 });
          expect(await differenceOf(architecture, request)).toBeLessThan(1e-3);
        },
      ),
      { numRuns: 10 },
    );
  });
});

describe('room', () => {
  const request = sampleRequest(drawPrompts([40, 3, 3, 3]), 8, { maxResponseLength: 30 });

  test('is for all responses where memory allows, and at most for as many as are asked for', () => {
    expect(roomFor(base, request, 2 ** 30, Infinity)).toEqual({ places: 32, promptPlaces: 4 });
    expect(roomFor(base, request, 2 ** 30, 8)).toEqual({ places: 8, promptPlaces: 2 });
  });

  test('is for one where it allows none', () => {
    expect(roomFor(base, request, 1, Infinity)).toEqual({ places: 1, promptPlaces: 2 });
  });

  test('fills the limit without passing it', async () => {
    const limit = 100_000;
    const decoder = decoderOf(base);
    await withPrepared(decoder, async (prepared) => {
      const bytesOf = (room: Room): number => {
        const before = tf.memory().numBytes;
        const decoding = new ContinuousDecoding(prepared, request, room);
        const taken = tf.memory().numBytes - before;
        decoding.dispose();
        return taken;
      };
      const room = roomFor(base, request, limit, Infinity);
      const logits = room.places * 8 * VOCABULARY;
      const taken = bytesOf(room) - bytesOf({ places: 0, promptPlaces: 0 }) + logits;
      expect(taken).toBeLessThanOrEqual(limit);
      expect(taken).toBeGreaterThan(limit / 2);
      await Promise.resolve();
    });
    tf.dispose(decoder.weights);
  });
});

test('rows enter as others leave, and prompts as groups end', async () => {
  expect(canDecodeInPlace()).toBe(true);
  const request = sampleRequest(drawPrompts([4, 2, 7]), 3);
  const decoder = decoderOf(base);
  await withPrepared(decoder, async (prepared) => {
    const rows = rowsOf(request);
    const decoding = new ContinuousDecoding(prepared, request, { places: 4, promptPlaces: 2 });
    expect(decoding.admit(rows, 0)).toBe(4);
    expect(decoding.admit(rows, 4)).toBe(0);
    decoding.release([rows[1]!, rows[2]!]);
    expect(decoding.admit(rows, 4)).toBe(2);
    decoding.release([rows[3]!]);
    // The third prompt waits for the last response to the first or the second one.
    expect(decoding.admit(rows, 6)).toBe(0);
    decoding.release([rows[0]!]);
    expect(decoding.admit(rows, 6)).toBe(2);
    decoding.dispose();
    await Promise.resolve();
  });
  tf.dispose(decoder.weights);
});

test('a pass over prompts has little more in memory than what it keeps of each layer', async () => {
  const architecture = { ...base, layers: 6 };
  const decoder = decoderOf(architecture);
  await withPrepared(decoder, async (prepared) => {
    tf.tidy(() => {
      const ids = tf.tensor1d([3, 4, 5, 6], 'int32');
      const attention = new SegmentAttention(prepared, {
        rows: 1,
        rotation: decoder.rotary.at(Int32Array.of(0, 1, 2, 3)),
      });
      const before = tf.memory().numTensors;
      passKeysAndValues(prepared, ids, attention);
      // Keys and values, and the residual stream between layers.
      expect(tf.memory().numTensors - before).toBeLessThanOrEqual(3 * architecture.layers + 1);
    });
    await Promise.resolve();
  });
  tf.dispose(decoder.weights);
});

test('where memory ends while a cache is made, nothing of it is left', async () => {
  const request = sampleRequest(drawPrompts([4, 2]), 3);
  const decoder = decoderOf(base);
  await withPrepared(decoder, async (prepared) => {
    const { kernelFunc, ...kernel } = tf.getKernel('DapoAllocate', 'wasm')!;
    let calls = 0;
    const failing: tf.KernelFunc = (params) => {
      if (++calls === 2) throw new Error('out of memory');
      return kernelFunc(params);
    };
    const before = tf.memory().numTensors;
    registerKernels('wasm', { DapoAllocate: failing });
    expect(() => new ContinuousDecoding(prepared, request, { places: 4, promptPlaces: 2 })).toThrow('out of memory');
    registerKernels('wasm', { [kernel.kernelName]: kernelFunc });
    expect(tf.memory().numTensors).toBe(before);
    await Promise.resolve();
  });
  tf.dispose(decoder.weights);
});
