import { Random, tf } from '@dapo/core';
import { describeContract, instantiate, lettersTokenizer } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import plugin, { bigramOutputs, idsOf } from './my-policy.js';

// What every plugin of this kind must hold to: shapes, masks, order, gradients, edge cases, leaks, state.
describeContract(plugin);

const batch = {
  prompts: [Int32Array.of(0), Int32Array.of(1)],
  responses: [{ tokens: Int32Array.of(1, 2) }, { tokens: Int32Array.of(3) }],
  promptOf: Int32Array.of(0, 1),
};

test('the token before the first one is the last of the prompt', () => {
  const { width, previous, chosen, mask } = idsOf(batch, [0, 1]);
  expect(width).toBe(2);
  expect([...previous]).toEqual([0, 1, 1, 0]);
  expect([...chosen]).toEqual([1, 2, 3, 0]);
  expect([...mask]).toEqual([1, 1, 1, 0]);
});

test('log-probs of a uniform table are −log V, its entropy log V, both 0 beyond a response', async () => {
  const { logProbs, entropy } = tf.tidy(() => bigramOutputs(tf.zeros([4, 4]), idsOf(batch, [0, 1]), 1));
  const expected = [1, 1, 1, 0].map((inside) => inside * Math.log(4));
  (await logProbs.data()).forEach((value, i) => expect(value).toBeCloseTo(-expected[i]!, 5));
  (await entropy.data()).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
});

test('the gradient is the same in one micro-batch and in two, and no tensor is left behind', async () => {
  const policy = await instantiate(plugin, {}, { tokenizer: await instantiate(lettersTokenizer), configFolder: '.' });
  const objective = {
    temperature: 1,
    needsEntropy: false,
    evaluate: ({ logProbs }: { logProbs: tf.Tensor2D }) => ({
      total: tf.neg(tf.sum(logProbs)) as tf.Scalar,
      scalars: {},
    }),
  };
  const before = tf.memory().numTensors;
  const norms: number[] = [];
  for (const microBatch of [2, 1] as const) {
    await policy.accumulate(batch, objective, { microBatch });
    norms.push(await policy.gradientNorm());
    await policy.discard();
  }
  expect(norms[0]).toBeGreaterThan(0);
  expect(norms[1]).toBeCloseTo(norms[0]!, 5);
  expect(tf.memory().numTensors).toBe(before);
  await policy.dispose?.();
});

test('what it samples has the log-probs that it computes afterwards', async () => {
  const policy = await instantiate(plugin, {}, { tokenizer: await instantiate(lettersTokenizer), configFolder: '.' });
  policy.restore!({
    json: { version: 3 },
    tensors: { table: { shape: [4, 4], values: Float32Array.from({ length: 16 }, (_, i) => Math.sin(i)) } },
  });
  const random = new Random(1);
  const completions = await policy.generate({
    prompts: batch.prompts,
    groupSize: 1,
    sampling: { maxResponseLength: 6, temperature: 0.7, topP: 1, topK: 0 },
    endToken: 3,
    key: (prompt, response) => random.key('test', prompt, response),
  });
  const { width, logProbs } = await policy.logProbs({ ...batch, responses: completions }, { temperature: 0.7 });
  completions.forEach(({ logProbs: sampled }, r) =>
    sampled.forEach((value, t) => expect(logProbs[r * width + t]).toBeCloseTo(value, 5)),
  );
  await policy.dispose?.();
});
