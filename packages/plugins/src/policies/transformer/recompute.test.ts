import { tf, type Objective, type Policy, type PolicyBatch } from '@dapo/core';
import { beforeAll, expect, test } from 'vitest';
import { drawPrompts, startWasm, tinyPolicy } from '../../../../../test/fixtures/tiny-policy.js';

beforeAll(startWasm);

const responses = [
  [9, 4, 1],
  [12, 0, 7],
]
  .flat()
  .map((length, r) => ({ tokens: Int32Array.from({ length }, (_, i) => 2 + ((5 * i + 3 * r) % 20)) }));
const batch: PolicyBatch = { prompts: drawPrompts([11, 1]), responses, promptOf: Int32Array.of(0, 0, 0, 1, 1, 1) };

interface Pass {
  readonly loss: number;
  /** Bytes of all tensors when the way back begins, beside those from before. */
  readonly bytes: number;
  readonly gradients: Readonly<Record<string, number[]>>;
}

/** Σ sin(place) · log π + 0.1 · entropy, and its gradient by every parameter that is trained. */
async function pass(policy: Policy): Promise<Pass> {
  const before = tf.memory();
  let bytes = 0;
  const objective: Objective = {
    temperature: 1,
    needsEntropy: true,
    evaluate: ({ logProbs, entropy }) => {
      bytes = tf.memory().numBytes - before.numBytes;
      const weights = tf.sin(tf.reshape(tf.range(1, logProbs.size + 1), logProbs.shape));
      return { total: tf.sum(tf.add(tf.mul(weights, logProbs), tf.mul(entropy!, 0.1))), scalars: {} };
    },
  };
  const { parts } = await policy.accumulate(batch, objective, { microBatch: 'auto' });
  const gradients: Record<string, number[]> = {};
  const apply = (inputs: { readonly gradients: Readonly<Record<string, tf.Tensor>> }): void => {
    for (const [name, gradient] of Object.entries(inputs.gradients)) gradients[name] = [...gradient.dataSync()];
  };
  await policy.step({ learningRate: 0, gradientNorm: 0, optimizer: { learningRate: 0, settings: {}, apply } });
  expect(tf.memory().numTensors).toBe(before.numTensors);
  return { loss: parts.reduce((sum, { total }) => sum + total!, 0), bytes, gradients };
}

test.each([
  { family: 'llama', heads: 4, keyValueHeads: 2, headDim: 4 },
  { family: 'qwen2', heads: 3, keyValueHeads: 1, headDim: 6, tieEmbeddings: false },
  { family: 'qwen3', heads: 2, keyValueHeads: 2, headDim: 10 },
])('layers computed anew on the way back give the same bits, and a pass keeps less: %o', async (architecture) => {
  const options = { ...architecture, layers: 6 };
  const whole = await pass(await tinyPolicy({ ...options, recompute: false }, { spread: 3 }));
  const anew = await pass(await tinyPolicy({ ...options, recompute: true }, { spread: 3 }));
  expect(anew.loss).toBe(whole.loss);
  expect(anew.gradients).toEqual(whole.gradients);
  expect(anew.bytes).toBeLessThan(whole.bytes / 3);
});

test('auto computes layers anew where one prompt and response would keep more than the limit', async () => {
  const bytes = async (options: object): Promise<number> =>
    (await pass(await tinyPolicy({ layers: 6, ...options }))).bytes;
  const [whole, anew] = [await bytes({ recompute: false }), await bytes({ recompute: true })];
  expect(await bytes({ recompute: 'auto' })).toBe(whole);
  // Of so small a limit each response is a micro-batch: the last one, of 7 tokens, is looked at.
  expect(await bytes({ recompute: 'auto', byteLimit: 20_000 })).toBeLessThan(anew);
});

test('what is frozen has no gradient and stays; the rest has the same gradient', async () => {
  const whole = await pass(await tinyPolicy({}));
  const some = await pass(await tinyPolicy({ freeze: ['model.embed_tokens', 'model.layers.0.'] }));
  const kept = Object.entries(whole.gradients).filter(([name]) => !/^model\.(embed_tokens|layers\.0\.)/.test(name));
  expect(kept.length).toBeLessThan(Object.keys(whole.gradients).length);
  expect(Object.keys(some.gradients)).toEqual(kept.map(([name]) => name));
  for (const [name, gradient] of kept)
    gradient.forEach((value, i) => expect(some.gradients[name]![i], name).toBeCloseTo(value, 5));
});

test('a frozen output matrix costs no gradient of its size', async () => {
  const outputs = async (freeze: string[]): Promise<number> => {
    const policy = await tinyPolicy({ freeze, tieEmbeddings: false });
    const { kernels } = await tf.profile(async () => void (await pass(policy)));
    return kernels.find(({ name }) => name === 'DapoLogitStatisticsBackward')!.outputShapes.length;
  };
  expect(await outputs([])).toBe(2);
  expect(await outputs(['lm_head'])).toBe(1);
});

test('frozen layers that are computed anew leave the gradient of the others as it is', async () => {
  const freeze = ['model.layers.1.'];
  const whole = await pass(await tinyPolicy({ layers: 3, freeze, recompute: false }));
  const anew = await pass(await tinyPolicy({ layers: 3, freeze, recompute: true }));
  expect(anew.gradients).toEqual(whole.gradients);
});
