import { tf, type Objective } from '@dapo/core';
import { relativeDistance } from '@dapo/core/testing';
import { describe, expect, test } from 'vitest';
import adamW from '../../packages/plugins/src/optimizers/adamw.js';
import type { Architecture } from '../../packages/plugins/src/policies/transformer/architecture.js';
import { rmsNorm, swiGlu } from '../../packages/plugins/src/policies/transformer/layer-functions.js';
import { canDecodeInPlace } from '../../packages/plugins/src/policies/transformer/continuous-decoding.js';
import { bothForms } from '../fixtures/both-forms.js';
import { architecture as smallArchitecture, decodingDifference } from '../fixtures/decoding.js';
import { batchOf, drawPrompts, sampleRequest, tinyPolicy } from '../fixtures/tiny-policy.js';

const both = <T>(task: () => Promise<T>): Promise<readonly [T, T]> => bothForms('webgpu', task);

/** Drawn on the host: the numbers of a GPU's own generator are others. */
const random = (shape: number[], seed: number, deviation = 1): tf.Tensor => {
  const values = Float32Array.from(
    { length: tf.util.sizeFromShape(shape) },
    (_, i) => deviation * 1.4 * Math.sin(seed + 12.9898 * i * i),
  );
  return tf.tensor(values, shape);
};

async function valueAndGradients(f: (...xs: tf.Tensor[]) => tf.Tensor, xs: tf.Tensor[]): Promise<Float32Array> {
  const all = tf.tidy(() => {
    const value = f(...xs);
    const gradients = tf.grads(f)(xs, random(value.shape, 99));
    return tf.concat([value, ...gradients].map((x) => tf.reshape(x, [-1])));
  });
  const values = (await all.data()) as Float32Array;
  all.dispose();
  return values;
}

describe('value and gradient equal those of TensorFlow.js operations within 1e-5', () => {
  test.each([
    [1, 1],
    [5, 7],
    [3, 130],
    [70, 64],
  ])('RMS norm of %d rows of %d', async (rows, width) => {
    const [fused, generic] = await both(() =>
      valueAndGradients((x) => rmsNorm(x!, 1e-6), [random([rows, width], 1, 3)]),
    );
    expect(relativeDistance(fused, generic)).toBeLessThan(1e-5);
  });

  test.each([
    [1, 1],
    [3, 9],
    [33, 65],
  ])('SwiGLU of %d rows of %d', async (rows, width) => {
    const xs = [random([rows, width], 2, 4), random([rows, width], 3)];
    const [fused, generic] = await both(() =>
      valueAndGradients((gate, up) => swiGlu(gate as tf.Tensor2D, up as tf.Tensor2D), xs),
    );
    expect(relativeDistance(fused, generic)).toBeLessThan(1e-5);
  });
});

test('AdamW: parameters after three steps, within 1e-6', async () => {
  const [fused, generic] = await both(async () => {
    const parameters = { a: tf.variable(random([37, 11], 10)), b: tf.variable(random([5], 11)) };
    const optimizer = await adamW.create(adamW.options!.parse({ learningRate: 0.1, weightDecay: 0.2 }), {});
    for (let step = 0; step < 3; step++) {
      const gradients = { a: random([37, 11], 20 + step), b: random([5], 30 + step) };
      optimizer.apply({ parameters, gradients, learningRate: 0.1, gradientNorm: 20 });
      tf.dispose(gradients);
    }
    const values = [...(await parameters.a.data()), ...(await parameters.b.data())];
    tf.dispose(parameters);
    await optimizer.dispose!();
    return values;
  });
  expect(relativeDistance(fused, generic)).toBeLessThan(1e-6);
});

describe('a policy, with prompts that rows share and rows of unequal length', () => {
  const architectures = [
    { family: 'llama', heads: 4, keyValueHeads: 2, headDim: 4 },
    { family: 'qwen2', heads: 3, keyValueHeads: 1, headDim: 6 },
    { family: 'qwen3', heads: 2, keyValueHeads: 2, headDim: 10 },
  ];
  test.each(architectures)(
    '%o: log-probs and entropies within 1e-4, gradients within 2e-5 of their norm',
    async (architecture) => {
      const prompts = drawPrompts([1, 17, 5]);
      const lengths = [6, 1, 9, 3, 12, 2];
      const batch = batchOf(
        prompts,
        2,
        lengths.map((length, r) => ({ tokens: Int32Array.from({ length }, (_, i) => 2 + ((5 * i + r) % 20)) })),
      );
      const policy = await tinyPolicy(architecture, { spread: 2 });
      const objective: Objective = {
        temperature: 1,
        needsEntropy: true,
        evaluate: ({ logProbs, entropy }) => ({
          total: tf.sum(tf.add(tf.mul(logProbs, random(logProbs.shape, 4)), tf.mul(entropy!, 0.3))),
          scalars: {},
        }),
      };
      const [fused, generic] = await both(async () => {
        const before = tf.memory().numTensors;
        const { logProbs, entropy } = await policy.logProbs(batch, { temperature: 0.9, entropy: true });
        await policy.accumulate(batch, objective, { microBatch: 6 });
        let joined: tf.Tensor | undefined;
        const keepGradients = ({ gradients }: { readonly gradients: Readonly<Record<string, tf.Tensor>> }): void => {
          joined = tf.keep(tf.tidy(() => tf.concat(Object.values(gradients).map((x) => tf.reshape(x, [-1])))));
        };
        await policy.step({
          learningRate: 0,
          gradientNorm: 0,
          optimizer: { learningRate: 0, settings: {}, apply: keepGradients },
        });
        const gradients = (await joined!.data()) as Float32Array;
        joined!.dispose();
        expect(tf.memory().numTensors).toBe(before);
        return { logProbs, entropy: entropy!, gradients };
      });
      expect(relativeDistance(fused.logProbs, generic.logProbs)).toBeLessThan(1e-4);
      expect(relativeDistance(fused.entropy, generic.entropy)).toBeLessThan(1e-4);
      const norm = (x: Float32Array): number => Math.sqrt(x.reduce((sum, value) => sum + value ** 2, 0));
      expect(norm(generic.gradients)).toBeGreaterThan(0.1);
      expect(
        norm(fused.gradients.map((value, i) => value - generic.gradients[i]!)) / norm(generic.gradients),
      ).toBeLessThan(2e-5);
      await policy.dispose!();
    },
  );
});

describe('a token with a cache in place is what the operations one by one give, within 2e-4', () => {
  test.each<[string, Partial<Architecture>]>([
    ['grouped queries', {}],
    [
      'biases, one key head, heads of no whole vector',
      { family: 'qwen2', heads: 3, keyValueHeads: 1, headDim: 6, hiddenSize: 10 },
    ],
    ['norms of heads', { family: 'qwen3' }],
    ['heads wider than a workgroup', { headDim: 70, heads: 2, layers: 1 }],
  ])('%s', async (_name, shape) => {
    expect(canDecodeInPlace()).toBe(true);
    const request = sampleRequest(drawPrompts([5, 1, 70, 9]), 3, { maxResponseLength: 11 });
    const before = tf.memory().numTensors;
    expect(await decodingDifference({ ...smallArchitecture, contextLength: 128, ...shape }, request)).toBeLessThan(
      2e-4,
    );
    expect(tf.memory().numTensors).toBe(before);
  });
});

test.each([[0], [1 - 2 ** -24]])(
  'a draw of %d is a token that has a weight, whatever the rounding of the sums',
  async (chance) => {
    const [rows, width] = [200, 1000];
    const possible = (i: number): boolean => i % width >= 100 && i % width < 600;
    const values = Float32Array.from({ length: rows * width }, (_, i) =>
      possible(i) ? 2 * Math.sin(12.9898 * i * i) : -1e4,
    );
    const logits = tf.tensor2d(values, [rows, width]);
    const drawn = tf
      .engine()
      .runKernel('DapoDrawTokens', { logits, uniforms: tf.fill([rows], chance) }, {}) as tf.Tensor;
    const found = (await drawn.data()) as Float32Array;
    tf.dispose([drawn, logits]);
    for (let row = 0; row < rows; row++) expect(Math.exp(found[row * 3 + 1]!)).toBeGreaterThan(0);
  },
);

test.each([3, 64, 1000])('a token drawn of %d is the one that the host finds', async (width) => {
  const rows = 40;
  const logits = random([rows, width], 5, 2);
  const chances = Float32Array.from({ length: rows }, (_, r) => (r + 0.5) / rows);
  const drawn = tf.engine().runKernel('DapoDrawTokens', { logits, uniforms: tf.tensor1d(chances) }, {}) as tf.Tensor;
  const [found, given] = [(await drawn.data()) as Float32Array, (await logits.data()) as Float32Array];
  tf.dispose([drawn, logits]);
  for (let row = 0; row < rows; row++) {
    const x = given.subarray(row * width, (row + 1) * width);
    const largest = x.reduce((a, b) => Math.max(a, b));
    const weights = Array.from(x, (value) => Math.exp(value - largest));
    const sum = weights.reduce((a, b) => a + b, 0);
    let [token, reached] = [0, weights[0]!];
    while (reached < chances[row]! * sum) reached += weights[++token]!;
    const [foundToken, distance, total] = found.subarray(row * 3, row * 3 + 3) as unknown as [number, number, number];
    expect(foundToken).toBe(token);
    expect(distance).toBeCloseTo(x[token]! - largest, 5);
    expect(total / sum).toBeCloseTo(1, 5);
  }
});
