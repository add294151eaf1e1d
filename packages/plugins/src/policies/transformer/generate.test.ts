import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { Random, tf, type Policy } from '@dapo/core';
import {
  batchOf,
  drawPrompts,
  END,
  sampleRequest,
  startThreads,
  startWasm,
  tinyPolicy,
  VOCABULARY,
} from '../../../../../test/fixtures/tiny-policy.js';

const GROUP = 5;
const prompts = drawPrompts([3, 7, 1, 4]);

let policy: Policy;
beforeAll(async () => {
  await startWasm();
  policy = await tinyPolicy();
});

describe.each([
  ['llama', {}],
  ['qwen2, untied', { family: 'qwen2', tieEmbeddings: false }],
  ['qwen3, one key head', { family: 'qwen3', keyValueHeads: 1 }],
])('%s', (_name, options) => {
  test.each([1, 0.7])(
    'log-probs of generation at temperature %s are those of the full forward pass',
    async (temperature) => {
      const model = await tinyPolicy(options);
      const request = sampleRequest(prompts, GROUP, { temperature, maxResponseLength: 20 });
      // A common token as the end: responses of many lengths leave the batch at different times.
      const free = await model.generate({ ...request, endToken: -1 });
      const completions = await model.generate({
        ...request,
        endToken: mostCommon(free.flatMap(({ tokens }) => [...tokens])),
      });
      const { width, logProbs } = await model.logProbs(batchOf(prompts, GROUP, completions), { temperature });
      completions.forEach((completion, r) => {
        completion.logProbs.forEach((value, t) =>
          expect(Math.abs(value - logProbs[r * width + t]!)).toBeLessThan(1e-4),
        );
      });
      expect(new Set(completions.map(({ tokens }) => tokens.length)).size).toBeGreaterThan(3);
      await model.dispose!();
    },
  );
});

function mostCommon(ids: readonly number[]): number {
  const count = (id: number): number => ids.filter((other) => other === id).length;
  return ids.reduce((best, id) => (count(id) > count(best) ? id : best));
}

test('a response ends with its first end token, or at the limit', async () => {
  const completions = await policy.generate(sampleRequest(prompts, GROUP));
  for (const { tokens, finish } of completions) {
    const end = tokens.indexOf(END);
    expect(finish).toBe(end < 0 ? 'length' : 'stop');
    expect(tokens.length).toBe(end < 0 ? 12 : end + 1);
  }
});

test('greedy takes the most probable token', async () => {
  const [prompt] = drawPrompts([4]);
  const [completion] = await policy.generate(sampleRequest([prompt!], 1, { temperature: 0, maxResponseLength: 1 }));
  const every = Array.from({ length: VOCABULARY }, (_, id) => ({ tokens: Int32Array.of(id) }));
  const { logProbs } = await policy.logProbs(batchOf([prompt!], VOCABULARY, every), { temperature: 1 });
  const best = logProbs.indexOf(Math.max(...logProbs));
  expect([...completion!.tokens]).toEqual([best]);
  expect(completion!.logProbs[0]).toBeCloseTo(logProbs[best]!, 5);
});

test('a sample is the same whatever else is in the batch', async () => {
  const key = (names: readonly string[]) => (prompt: number, response: number) =>
    new Random(5).key('sample', names[prompt]!, response);
  const together = await policy.generate(sampleRequest(prompts, GROUP, {}, key(['a', 'b', 'c', 'd'])));
  const reversed = await policy.generate(sampleRequest(prompts.toReversed(), GROUP, {}, key(['d', 'c', 'b', 'a'])));
  const longer = drawPrompts([30], 9);
  const withLonger = await policy.generate(sampleRequest([...longer, prompts[1]!], GROUP, {}, key(['x', 'b'])));
  const alone = await policy.generate(sampleRequest([prompts[1]!], GROUP, {}, key(['b'])));
  const fewer = await policy.generate(sampleRequest([prompts[1]!], 2, {}, key(['b'])));
  for (let response = 0; response < GROUP; response++) {
    const reference = [...together[GROUP + response]!.tokens];
    expect([...reversed[2 * GROUP + response]!.tokens]).toEqual(reference);
    expect([...withLonger[GROUP + response]!.tokens]).toEqual(reference);
    expect([...alone[response]!.tokens]).toEqual(reference);
    if (response < 2) expect([...fewer[response]!.tokens]).toEqual(reference);
  }
  expect(new Set(together.map(({ tokens }) => tokens.join())).size).toBeGreaterThan(10);
});

test('neither who shares the batch nor when a response is let in changes a bit', { timeout: 180_000 }, async () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 6 });
  const together = fc.record({
    maxRows: fc.integer({ min: 1, max: 40 }),
    byteLimit: fc.constantFrom(1, 20_000, 2 ** 29),
  });
  await fc.assert(
    fc.asyncProperty(lengths, fc.integer({ min: 1, max: 9 }), together, async (promptLengths, groupSize, options) => {
      // Of 23 tokens one ends a response: most end before the limit, at different times.
      const request = sampleRequest(drawPrompts(promptLengths), groupSize, { maxResponseLength: 30 });
      const whole = await policy.generate(request);
      const parts = await tinyPolicy(options);
      expect(await parts.generate(request)).toEqual(whole);
      await parts.dispose!();
    }),
    { numRuns: 12 },
  );
});

test('nor do threads, where the work is enough to be shared', async () => {
  const wide = await tinyPolicy({ hiddenSize: 96, headDim: 16, intermediateSize: 200, maxRows: 70 }, { spread: 2 });
  const request = sampleRequest(drawPrompts([3, 9, 1, 6, 2, 5, 8, 4]), 12, { maxResponseLength: 10 });
  const results = [];
  for (const threads of [1, 2, 3]) {
    await startThreads(threads);
    results.push(await wide.generate(request));
  }
  await startThreads();
  expect(results[1]).toEqual(results[0]);
  expect(results[2]).toEqual(results[0]);
  await wide.dispose!();
});

test('a step takes no more memory than the one before, and reads back once', async () => {
  const prompts = drawPrompts([2, 9]);
  const request = sampleRequest(prompts, 4, { maxResponseLength: 40 });
  const backend = tf.backend();
  const read = backend.read.bind(backend);
  const seen: { readonly numTensors: number; readonly numBytes: number }[] = [];
  backend.read = (dataId) => {
    const { numTensors, numBytes } = tf.memory();
    seen.push({ numTensors, numBytes });
    return read(dataId);
  };
  try {
    await policy.generate({ ...request, endToken: -1 });
  } finally {
    backend.read = read;
  }
  expect(seen).toHaveLength(40);
  expect(new Set(seen.map((memory) => JSON.stringify(memory))).size).toBe(1);
});

test('frequencies of samples match the softmax', async () => {
  const [prompt] = drawPrompts([2]);
  const draws = 4000;
  const request = sampleRequest([prompt!], draws, { maxResponseLength: 1, temperature: 0.8 });
  const completions = await policy.generate(request);
  const every = Array.from({ length: VOCABULARY }, (_, id) => ({ tokens: Int32Array.of(id) }));
  const { logProbs } = await policy.logProbs(batchOf([prompt!], VOCABULARY, every), { temperature: 0.8 });
  const counts = new Float64Array(VOCABULARY);
  for (const { tokens } of completions) counts[tokens[0]!]!++;
  const chiSquare = counts.reduce((sum, count, id) => {
    const expected = draws * Math.exp(logProbs[id]!);
    return sum + (count - expected) ** 2 / expected;
  }, 0);
  // 22 degrees of freedom: 48.3 is passed once in a thousand seeds.
  expect(chiSquare).toBeLessThan(48.3);
});

test('generation leaves no tensor behind', async () => {
  await policy.generate(sampleRequest(prompts, GROUP));
  const before = tf.memory().numTensors;
  await policy.generate(sampleRequest(prompts, GROUP, { maxResponseLength: 20 }));
  expect(tf.memory().numTensors).toBe(before);
});

test('a prompt without tokens and one beyond the context are refused by name', async () => {
  await expect(policy.generate(sampleRequest([new Int32Array(0)], 1))).rejects.toMatchObject({
    code: 'DAPO_POLICY_EMPTY_PROMPT',
  });
  await expect(policy.generate(sampleRequest(drawPrompts([60]), 1))).rejects.toMatchObject({
    code: 'DAPO_POLICY_CONTEXT_EXCEEDED',
  });
});

test('a cache that grows more than once, with rows that finish on the way, gives the log-probs of the full pass', async () => {
  const prompts = drawPrompts([3, 1, 6]);
  const long = await tinyPolicy({ contextLength: 128 }, { spread: 3 });
  const drawn = await long.generate(sampleRequest(prompts, 8, { maxResponseLength: 100 }));
  expect(Math.max(...drawn.map(({ tokens }) => tokens.length))).toBeGreaterThan(64);
  const { logProbs, width } = await long.logProbs(batchOf(prompts, 8, drawn), { temperature: 1 });
  drawn.forEach((completion, row) => {
    completion.logProbs.forEach((value, t) => expect(Math.abs(value - logProbs[row * width + t]!)).toBeLessThan(1e-4));
  });
  await long.dispose!();
});
