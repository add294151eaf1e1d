import { tf, type Objective, type Policy, type PolicyBatch } from '@dapo/core';
import { beforeAll, expect, test } from 'vitest';
import { drawPrompts, startWasm, tinyPolicy } from '../../../../../test/fixtures/tiny-policy.js';
import { canPack } from './packed-attention.js';

beforeAll(startWasm);

/** Long and short prompts, one of them a single token, with responses of one to many tokens, one empty. */
const prompts = drawPrompts([40, 1, 3, 17]);
const lengths = [
  [2, 33, 7],
  [61, 1, 0],
  [9, 30, 1],
  [1, 5, 50],
];
const responses = lengths
  .flat()
  .map((length, r) => ({ tokens: Int32Array.from({ length }, (_, i) => 2 + ((5 * i + 3 * r) % 20)) }));
const promptOf = Int32Array.from(responses, (_, r) => Math.floor(r / 3));

/** Σ weight · log π + 0.1 · entropy; the weight of a token depends on its response and place. */
function weighted(first: number): Objective {
  return {
    temperature: 1,
    needsEntropy: true,
    evaluate: ({ logProbs, entropy, rows }) => {
      const [count, width] = logProbs.shape;
      const weights = rows.flatMap((row) =>
        Array.from({ length: width }, (_, t) => Math.sin(3 * (first + row) + t + 1)),
      );
      return {
        total: tf.sum(tf.add(tf.mul(tf.tensor2d(weights, [count, width]), logProbs), tf.mul(entropy!, 0.1))),
        scalars: {},
      };
    },
  };
}

/** Loss of a batch, its gradient added to what is accumulated. */
async function accumulate(policy: Policy, batch: PolicyBatch, first: number) {
  const { parts, positions } = await policy.accumulate(batch, weighted(first), { microBatch: 'auto' });
  return { loss: parts.reduce((sum, { total }) => sum + total!, 0), positions: positions! };
}

/** The gradient that is accumulated, all parameters one after another. The weights stay. */
async function takeGradient(policy: Policy): Promise<Float32Array> {
  let all: tf.Tensor | undefined;
  await policy.step({
    learningRate: 0,
    gradientNorm: 0,
    optimizer: {
      learningRate: 0,
      settings: {},
      apply: ({ gradients }) =>
        (all = tf.tidy(() => tf.concat(Object.values(gradients).map((x) => tf.reshape(x, [-1]))))),
    },
  });
  const values = (await all!.data()) as Float32Array;
  all!.dispose();
  return values;
}

const norm = (x: Float32Array): number => Math.sqrt(x.reduce((sum, value) => sum + value ** 2, 0));

test.each([
  { family: 'llama', heads: 4, keyValueHeads: 2, headDim: 4 },
  { family: 'qwen2', heads: 3, keyValueHeads: 1, headDim: 6 },
  { family: 'qwen3', heads: 2, keyValueHeads: 2, headDim: 10 },
])(
  'sequences packed together have the loss and the gradient of each by itself, within 1e-5: %o',
  async (architecture) => {
    expect(canPack()).toBe(true);
    const policy = await tinyPolicy({ ...architecture, contextLength: 128 }, { spread: 3 });
    const together = await accumulate(policy, { prompts, responses, promptOf }, 0);
    const packed = await takeGradient(policy);
    let apart = 0;
    for (const [r, response] of responses.entries()) {
      const alone = { prompts: [prompts[promptOf[r]!]!], responses: [response], promptOf: Int32Array.of(0) };
      apart += (await accumulate(policy, alone, r)).loss;
    }
    const separate = await takeGradient(policy);
    expect(Math.abs(together.loss - apart)).toBeLessThan(1e-5 * Math.abs(apart));
    expect(norm(packed.map((value, i) => value - separate[i]!))).toBeLessThan(1e-5 * norm(separate));
    // Each prompt is computed once, and only the empty response is padding.
    const needed =
      responses.reduce((sum, { tokens }) => sum + tokens.length, 0) +
      prompts.reduce((sum, { length }) => sum + length - 1, 0);
    expect(together.positions).toEqual({ computed: needed + 1, padding: 1 });
    await policy.dispose!();
  },
);
