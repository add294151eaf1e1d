import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { tf, type Objective, type Optimizer, type Policy, type PolicyBatch } from '@dapo/core';
import {
  batchOf,
  drawPrompts,
  numberTokenizer,
  sampleRequest,
  startWasm,
  tinyPolicy,
  VOCABULARY,
} from '../../../../test/fixtures/tiny-policy.js';

const prompts = drawPrompts([3, 6, 1]);
let policy: Policy;
let batch: PolicyBatch;
beforeAll(async () => {
  await startWasm();
  policy = await tinyPolicy();
  const drawn = await policy.generate(sampleRequest(prompts, 4));
  // One response of each prompt is empty.
  batch = batchOf(
    prompts,
    4,
    drawn.map(({ tokens }, r) => ({ tokens: r % 4 === 2 ? new Int32Array(0) : tokens })),
  );
});

/** Σ weight · log π + 0.1 · entropy, the weight of a token a function of its response and place in the whole batch. */
function weighted(rowOf = (row: number) => row): Objective {
  return {
    temperature: 0.9,
    needsEntropy: true,
    evaluate: ({ logProbs, entropy, rows }) => {
      const [count, width] = logProbs.shape;
      const weights = tf.tensor2d(
        rows.flatMap((row) => Array.from({ length: width }, (_, t) => Math.sin(3 * rowOf(row) + t + 1))),
        [count, width],
      );
      const terms = tf.add(tf.mul(weights, logProbs), tf.mul(entropy!, 0.1));
      return { total: tf.sum(terms), scalars: { largest: tf.max(tf.abs(logProbs)) } };
    },
  };
}

/** Gradients by name, through the door that an optimizer takes. The weights stay. */
async function gradientsOf(of: Policy): Promise<Record<string, Float32Array>> {
  const seen: Record<string, tf.Tensor> = {};
  const optimizer: Optimizer = {
    learningRate: 0,
    settings: {},
    apply: ({ gradients }) =>
      Object.entries(gradients).forEach(([name, gradient]) => (seen[name] = tf.clone(gradient))),
  };
  await of.step({ optimizer, learningRate: 0, gradientNorm: 0 });
  const values: Record<string, Float32Array> = {};
  for (const [name, gradient] of Object.entries(seen)) {
    values[name] = (await gradient.data()) as Float32Array;
    gradient.dispose();
  }
  return values;
}

function expectSameGradient(actual: Record<string, Float32Array>, expected: Record<string, Float32Array>): void {
  let [difference, size] = [0, 0];
  for (const [name, values] of Object.entries(expected)) {
    values.forEach((value, i) => {
      difference += (value - actual[name]![i]!) ** 2;
      size += value ** 2;
    });
  }
  expect(size).toBeGreaterThan(1);
  expect(Math.sqrt(difference)).toBeLessThanOrEqual(1e-5 * Math.sqrt(size));
}

function reordered(order: readonly number[]): PolicyBatch {
  return {
    prompts: batch.prompts,
    responses: order.map((row) => batch.responses[row]!),
    promptOf: Int32Array.from(order, (row) => batch.promptOf[row]!),
  };
}

test('the gradient is the same for every split, order and padding', async () => {
  await policy.accumulate(batch, weighted(), { microBatch: 'auto' });
  const whole = await gradientsOf(policy);
  const rows = batch.responses.map((_, row) => row);
  const anyOrder = fc.shuffledSubarray(rows, { minLength: rows.length, maxLength: rows.length });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 12 }), anyOrder, async (microBatch, order) => {
      await policy.accumulate(
        reordered(order),
        weighted((row) => order[row]!),
        { microBatch },
      );
      expectSameGradient(await gradientsOf(policy), whole);
    }),
    { numRuns: 12 },
  );
});

test('the scalars of all micro-batches come back, with the total', async () => {
  const report = await policy.accumulate(batch, weighted(), { microBatch: 5 });
  const { parts } = await (async () => {
    await policy.discard();
    return policy.accumulate(batch, weighted(), { microBatch: 12 });
  })();
  await policy.discard();
  expect(report.parts).toHaveLength(3);
  expect(report.parts.reduce((sum, { total }) => sum + total!, 0)).toBeCloseTo(parts[0]!['total']!, 3);
  expect(Math.max(...report.parts.map(({ largest }) => largest!))).toBeCloseTo(parts[0]!['largest']!, 5);
});

test('the gradient is that of finite differences', async () => {
  const model = await tinyPolicy({ family: 'qwen3', layers: 1 }, { spread: 8 });
  await model.accumulate(batch, weighted(), { microBatch: 'auto' });
  const analytic = await gradientsOf(model);
  const step = 1e-2;
  for (const name of [
    'model.layers.0.self_attn.q_norm.weight',
    'model.layers.0.input_layernorm.weight',
    'model.norm.weight',
  ]) {
    const moved = async (by: number): Promise<number> => {
      const shift = async (amount: number): Promise<void> => {
        await model.step({
          optimizer: {
            learningRate: 1,
            settings: {},
            apply: ({ parameters }) =>
              tf.tidy(() => {
                const variable = parameters[name]!;
                const direction = tf.oneHot(tf.scalar(1, 'int32'), variable.shape[0]!);
                variable.assign(tf.add(variable, tf.mul(direction, amount)));
              }),
          },
          learningRate: 1,
          gradientNorm: 0,
        });
      };
      await shift(by);
      const { parts } = await model.accumulate(batch, weighted(), { microBatch: 'auto' });
      await model.discard();
      await shift(-by);
      return parts[0]!['total']!;
    };
    const numeric = ((await moved(step)) - (await moved(-step))) / (2 * step);
    expect(Math.abs(numeric - analytic[name]![1]!), name).toBeLessThan(0.02 * Math.max(1, Math.abs(numeric)));
  }
  await model.dispose!();
});

test('a batch of empty responses only gives rows of zeros, and no gradient', async () => {
  const empty = batchOf(
    prompts,
    1,
    prompts.map(() => ({ tokens: new Int32Array(0) })),
  );
  expect(await policy.logProbs(empty, { temperature: 1 })).toMatchObject({ width: 0, logProbs: new Float32Array(0) });
  await policy.accumulate(empty, weighted(), { microBatch: 2 });
  expect(await policy.gradientNorm()).toBe(0);
  await policy.discard();
});

test('log-probs beyond a response are 0 and the width is the longest response', async () => {
  const { width, logProbs, entropy } = await policy.logProbs(batch, { temperature: 1, entropy: true });
  expect(width).toBe(Math.max(...batch.responses.map(({ tokens }) => tokens.length)));
  batch.responses.forEach(({ tokens }, r) => {
    for (let t = 0; t < width; t++) {
      expect(logProbs[r * width + t] !== 0).toBe(t < tokens.length);
      expect(entropy![r * width + t] !== 0).toBe(t < tokens.length);
    }
  });
});

const descent: Optimizer = {
  learningRate: 0.05,
  settings: {},
  apply: ({ parameters, gradients, learningRate }) => {
    for (const [name, variable] of Object.entries(parameters)) {
      tf.tidy(() => variable.assign(tf.sub(variable, tf.mul(gradients[name]!, learningRate))));
    }
  },
};

test('a step moves the weights and the version; published weights stay as they were until released', async () => {
  const model = await tinyPolicy();
  const before = await model.logProbs(batch, { temperature: 1 });
  const version = await model.publish({ frozen: true });
  await model.accumulate(batch, weighted(), { microBatch: 'auto' });
  expect(await model.step({ optimizer: descent, learningRate: 0.05, gradientNorm: 1 })).toEqual({
    version: 1,
    ignored: [],
  });
  expect((await model.publish()).version).toBe(1);
  expect((await model.logProbs(batch, { temperature: 1 })).logProbs).not.toEqual(before.logProbs);
  expect((await model.logProbs(batch, { temperature: 1, version })).logProbs).toEqual(before.logProbs);
  expect(version.version).toBe(0);
  version.release();
  await expect(model.logProbs(batch, { temperature: 1, version })).rejects.toMatchObject({
    code: 'DAPO_POLICY_VERSION_RELEASED',
  });
  await model.dispose!();
});

test('the gradient norm is that of all gradients together, and discard forgets them', async () => {
  await policy.accumulate(batch, weighted(), { microBatch: 4 });
  const norm = await policy.gradientNorm();
  const gradients = await gradientsOf(policy);
  const squares = Object.values(gradients).reduce((sum, values) => sum + values.reduce((a, b) => a + b * b, 0), 0);
  expect(norm).toBeCloseTo(Math.sqrt(squares), 3);
  await policy.accumulate(batch, weighted(), { microBatch: 4 });
  await policy.discard();
  expect(await policy.gradientNorm()).toBe(0);
});

test('updates leave no tensor behind, and dispose leaves none at all', async () => {
  const atFirst = tf.memory().numTensors;
  const model = await tinyPolicy();
  const update = async (): Promise<number> => {
    await model.accumulate(batch, weighted(), { microBatch: 3 });
    await model.gradientNorm();
    await model.step({ optimizer: descent, learningRate: 1e-3, gradientNorm: 1 });
    await model.accumulate(batch, weighted(), { microBatch: 3 });
    await model.discard();
    (await model.publish({ frozen: true })).release();
    return tf.memory().numTensors;
  };
  const before = await update();
  expect(await update()).toBe(before);
  await model.dispose!();
  expect(tf.memory().numTensors).toBe(atFirst);
});

test('a saved policy loads equal, tokenizer beside it, and goes on from the version restored', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dapo-policy-'));
  try {
    const model = await tinyPolicy({ family: 'qwen2', keyValueHeads: 1, tieEmbeddings: false });
    const reference = await model.save(folder);
    const loaded = await tinyPolicy({ checkpoint: reference }, { spread: 1 });
    const options = { temperature: 1, entropy: true };
    expect(await loaded.logProbs(batch, options)).toEqual(await model.logProbs(batch, options));
    loaded.restore!({ json: { version: 5 } });
    expect((await loaded.publish()).version).toBe(5);
    expect(await loaded.state!()).toEqual({ json: { version: 5 } });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('the same seed gives the same weights, another seed others', async () => {
  const [a, b, c] = [
    await tinyPolicy({}, { seed: 1 }),
    await tinyPolicy({}, { seed: 1 }),
    await tinyPolicy({}, { seed: 2 }),
  ];
  const of = (model: Policy) => model.logProbs(batch, { temperature: 1 });
  expect(await of(a)).toEqual(await of(b));
  expect((await of(a)).logProbs).not.toEqual((await of(c)).logProbs);
});

test('a tokenizer with more tokens than the checkpoint is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dapo-policy-'));
  try {
    await policy.save(folder);
    const opened = tinyPolicy(
      { checkpoint: folder },
      { vocabularySize: numberTokenizer(VOCABULARY + 1).vocabularySize, spread: 1 },
    );
    await expect(opened).rejects.toMatchObject({ code: 'DAPO_MODEL_VOCABULARY' });
  } finally {
    await rm(folder, { recursive: true });
  }
});
