import fc from 'fast-check';
import { tf } from '@dapo/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { bothForms } from '../../../../../../test/fixtures/both-forms.js';
import { batchOf, drawPrompts, sampleRequest, tinyPolicy } from '../../../../../../test/fixtures/tiny-policy.js';
import adamW from '../../../optimizers/adamw.js';
import { rmsNorm, swiGlu } from '../../../policies/transformer/layer-functions.js';
import { tokenLogProbs } from '../../../policies/transformer/token-log-probs.js';
import plugin from '../../wasm.js';

beforeAll(async () => {
  await (await plugin.create({ relaxedSimd: true, revectorize: true, threads: 2 }, {})).start();
});

const both = <T>(task: () => Promise<T> | T): Promise<readonly [T, T]> => bothForms('wasm', task);

/** Largest distance, in parts of the larger of 1 and the largest value. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let [most, size] = [0, 1];
  for (let i = 0; i < a.length; i++) {
    most = Math.max(most, Number.isFinite(a[i]!) ? Math.abs(a[i]! - b[i]!) : Infinity);
    size = Math.max(size, Math.abs(b[i]!));
  }
  return most / size;
}

const random = (shape: number[], seed: number, deviation = 1): tf.Tensor =>
  tf.randomNormal(shape, 0, deviation, 'float32', seed);

/** A function's value and its gradients against a random upstream, one after another. */
function valueAndGradients(f: (...xs: tf.Tensor[]) => tf.Tensor, xs: tf.Tensor[]): Float32Array {
  return tf.tidy(() => {
    const value = f(...xs);
    const upstream = random(value.shape, 99);
    const gradients = tf.grads(f)(xs, upstream);
    return tf.concat([value, ...gradients].map((x) => tf.reshape(x, [-1]))).dataSync() as Float32Array;
  });
}

const size = (max: number) => fc.integer({ min: 0, max });
const some = (max: number) => fc.integer({ min: 1, max });
const runs = { numRuns: 25 };

describe('value and gradient equal those of TensorFlow.js operations, for odd and empty sizes', () => {
  test('RMS norm, within 1e-5', async () => {
    await fc.assert(
      fc.asyncProperty(size(70), some(70), async (rows, width) => {
        const x = random([rows, width], 1, 3);
        const [fused, generic] = await both(() => valueAndGradients((y) => rmsNorm(y!, 1e-6), [x]));
        expect(distance(fused, generic)).toBeLessThan(1e-5);
      }),
      runs,
    );
  });

  test('SwiGLU, within 1e-5', async () => {
    await fc.assert(
      fc.asyncProperty(size(70), some(70), async (rows, width) => {
        const xs = [random([rows, width], 2, 4), random([rows, width], 3)];
        const [fused, generic] = await both(() =>
          valueAndGradients((gate, up) => swiGlu(gate as tf.Tensor2D, up as tf.Tensor2D), xs),
        );
        expect(distance(fused, generic)).toBeLessThan(1e-5);
      }),
      runs,
    );
  });

  test.each([[1], [0.7]])(
    'log-probs and entropies at temperature %d, within 1e-4, over more than one block of columns too',
    async (temperature) => {
      const sizes = fc.tuple(size(40), some(40), fc.oneof(some(60), fc.integer({ min: 2040, max: 4110 })));
      await fc.assert(
        fc.asyncProperty(sizes, async ([rows, width, vocabulary]) => {
          const xs = [random([rows, width], 4, 2), random([vocabulary, width], 5)];
          const targets = tf.randomUniform<tf.Rank.R1>([rows], 0, vocabulary, 'int32', 6);
          const [fused, generic] = await both(() =>
            valueAndGradients((states, matrix) => {
              const { logProbs, entropy } = tokenLogProbs(
                states as tf.Tensor2D,
                matrix as tf.Tensor2D,
                targets,
                temperature,
                true,
              );
              return tf.stack([logProbs, entropy!]);
            }, xs),
          );
          expect(distance(fused, generic)).toBeLessThan(1e-4);
        }),
        { numRuns: 12 },
      );
    },
  );

  test('log-probs of more rows than a block has', async () => {
    const xs = [random([2500, 3], 7), random([5, 3], 8)];
    const targets = tf.randomUniform<tf.Rank.R1>([2500], 0, 5, 'int32', 9);
    const [fused, generic] = await both(() =>
      valueAndGradients(
        (states, matrix) => tokenLogProbs(states as tf.Tensor2D, matrix as tf.Tensor2D, targets, 1, false).logProbs,
        xs,
      ),
    );
    expect(distance(fused, generic)).toBeLessThan(1e-4);
  });
});

test('AdamW: parameters after three steps, within 1e-6', async () => {
  const [fused, generic] = await both(async () => {
    const parameters = {
      a: tf.variable(random([37, 11], 10)),
      b: tf.variable(random([5], 11)),
      c: tf.variable(tf.zeros([0, 3])),
    };
    const optimizer = await adamW.create(adamW.options!.parse({ learningRate: 0.1, weightDecay: 0.2 }), {});
    const held = tf.clone(parameters.a);
    const before = held.dataSync();
    for (let step = 0; step < 3; step++) {
      const gradients = { a: random([37, 11], 20 + step), b: random([5], 30 + step), c: tf.zeros([0, 3]) };
      optimizer.apply({ parameters, gradients, learningRate: 0.1, gradientNorm: 20 });
      tf.dispose(gradients);
    }
    // Whoever holds the values of before keeps them.
    expect(held.dataSync()).toEqual(before);
    const values = [...parameters.a.dataSync(), ...parameters.b.dataSync()];
    held.dispose();
    tf.dispose(parameters);
    await optimizer.dispose!();
    return values;
  });
  expect(distance(fused, generic)).toBeLessThan(1e-6);
});

test('AdamW: beside weights, gradients and moments only the new values of one parameter lie there', async () => {
  const values = 2 ** 16;
  const parameters = Object.fromEntries(
    ['a', 'b', 'c', 'd'].map((name, i) => [name, tf.variable(random([values], i))]),
  );
  const gradients = Object.fromEntries(Object.keys(parameters).map((name, i) => [name, random([values], 9 + i)]));
  const optimizer = await adamW.create(adamW.options!.parse({}), {});
  const step = (): void => optimizer.apply({ parameters, gradients, learningRate: 0.1, gradientNorm: 20 });
  step();
  const before = tf.memory().numBytes;
  const { peakBytes } = await tf.profile(() => tf.tidy(step));
  expect(peakBytes - before).toBeLessThanOrEqual(4 * 3 * values);
  tf.dispose([parameters, gradients]);
  await optimizer.dispose!();
});

describe('a whole pass, log-probs and entropies within 1e-4', () => {
  const architectures = [
    { family: 'llama', heads: 4, keyValueHeads: 2, headDim: 4 },
    { family: 'qwen2', heads: 3, keyValueHeads: 1, headDim: 6 },
    { family: 'qwen3', heads: 2, keyValueHeads: 2, headDim: 10 },
    { family: 'llama', heads: 2, keyValueHeads: 1, headDim: 16 },
  ];
  test.each(architectures)('%o', async (architecture) => {
    const prompts = drawPrompts([3, 17, 1, 9]);
    const policy = await tinyPolicy(architecture, { spread: 3 });
    const drawn = await policy.generate(sampleRequest(prompts, 3, { maxResponseLength: 30 }));
    const batch = batchOf(prompts, 3, drawn);
    const [fused, generic] = await both(() => policy.logProbs(batch, { temperature: 0.9, entropy: true }));
    expect(distance(fused.logProbs, generic.logProbs)).toBeLessThan(1e-4);
    expect(distance(fused.entropy!, generic.entropy!)).toBeLessThan(1e-4);
    await policy.dispose!();
  });

  test('rows without a prompt before their last token, and long rows', async () => {
    const prompts = drawPrompts([1, 1]);
    const policy = await tinyPolicy({ contextLength: 200 }, { spread: 2 });
    const responses = [57, 101, 3, 49].map((length, r) => ({
      tokens: Int32Array.from({ length }, (_, i) => 2 + ((7 * i + r) % 20)),
    }));
    const batch = { prompts, responses, promptOf: Int32Array.from([0, 0, 1, 1]) };
    const [fused, generic] = await both(() => policy.logProbs(batch, { temperature: 1 }));
    expect(distance(fused.logProbs, generic.logProbs)).toBeLessThan(1e-4);
    await policy.dispose!();
  });
});

test('gradients of a policy within 2e-5 of their norm, and the same bits for any number of threads', async () => {
  const prompts = drawPrompts([5, 12]);
  const batch = batchOf(
    prompts,
    2,
    [61, 20, 1, 40].map((length, r) => ({ tokens: Int32Array.from({ length }, (_, i) => 2 + ((5 * i + r) % 20)) })),
  );
  const policy = await tinyPolicy(
    { family: 'qwen3', heads: 4, keyValueHeads: 2, headDim: 8, contextLength: 128 },
    { spread: 2 },
  );
  const gradients = async (): Promise<Float32Array> => {
    await policy.accumulate(
      batch,
      {
        temperature: 1,
        needsEntropy: true,
        evaluate: ({ logProbs, entropy }) => ({
          total: tf.sum(tf.add(tf.mul(logProbs, tf.sin(tf.range(0, logProbs.shape[1]))), tf.mul(entropy!, 0.3))),
          scalars: {},
        }),
      },
      { microBatch: 4 },
    );
    let all = new Float32Array(0);
    await policy.step({
      learningRate: 0,
      gradientNorm: 0,
      optimizer: {
        learningRate: 0,
        settings: {},
        apply: ({ gradients: of }) => {
          all = tf
            .tidy(() => tf.concat(Object.values(of).map((x) => tf.reshape(x, [-1]))))
            .dataSync() as Float32Array<ArrayBuffer>;
        },
      },
    });
    return all;
  };
  const [fused, generic] = await both(gradients);
  const norm = (x: Float32Array): number => Math.sqrt(x.reduce((sum, value) => sum + value ** 2, 0));
  expect(norm(fused.map((value, i) => value - generic[i]!)) / norm(generic)).toBeLessThan(2e-5);
  for (const threads of [1, 3]) {
    await (await plugin.create({ relaxedSimd: true, revectorize: true, threads }, {})).start();
    expect(Buffer.from((await gradients()).buffer).equals(Buffer.from(fused.buffer))).toBe(true);
  }
  await policy.dispose!();
});
