import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Random, tf, type PolicyBatch, type SampleRequest } from '@dapo/core';
import { loadModel } from '../../packages/plugins/src/policies/transformer/model-folder.js';
import { TransformerPolicy } from '../../packages/plugins/src/policies/transformer/policy.js';
import { startWasm } from '../fixtures/tiny-policy.js';
import { startGoldenBackend } from './golden-backend.js';
import { goldenFolder, readGolden } from './golden-folder.js';

interface Sequence {
  readonly input_ids: readonly number[];
  readonly next_token_log_probs: readonly number[];
  readonly entropy: readonly number[];
  readonly greedy: readonly number[];
}

interface Expected {
  readonly sequences: readonly Sequence[];
  readonly nll: number;
  readonly grad_norms: Readonly<Record<string, number>>;
  readonly temperatures: Readonly<Record<string, readonly Pick<Sequence, 'next_token_log_probs' | 'entropy'>[]>>;
  readonly generate: {
    readonly sequences: readonly {
      readonly prompt: readonly number[];
      readonly greedy: readonly number[];
      readonly log_probs: readonly number[];
    }[];
  };
}

const NO_END = -1;
const modelsFolder = join(goldenFolder(), 'models');
const models = readdirSync(modelsFolder).filter((name) => existsSync(join(modelsFolder, name, 'expected.json')));

/** max|a − b| ≤ 1e-5 · max|b|. */
function expectClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  const scale = Math.max(...expected.map(Math.abs));
  expect(actual.length).toBe(expected.length);
  const worst = Math.max(...expected.map((value, i) => Math.abs(actual[i]! - value)));
  expect(worst).toBeLessThanOrEqual(scale < 1e-9 ? 1e-7 : 1e-5 * scale);
}

/** Sequences as one-token prompts with the rest as response: every next-token log-prob is asked for. */
function asResponses(sequences: readonly Sequence[]): PolicyBatch {
  return {
    prompts: sequences.map(({ input_ids: ids }) => Int32Array.from(ids.slice(0, 1))),
    responses: sequences.map(({ input_ids: ids }) => ({ tokens: Int32Array.from(ids.slice(1)) })),
    promptOf: Int32Array.from(sequences, (_, i) => i),
  };
}

/** The same sequences with their first half as prompt. */
function halved(sequences: readonly Sequence[]): PolicyBatch {
  const half = (ids: readonly number[]): number => ids.length >> 1;
  return {
    prompts: sequences.map(({ input_ids: ids }) => Int32Array.from(ids.slice(0, half(ids)))),
    responses: sequences.map(({ input_ids: ids }) => ({ tokens: Int32Array.from(ids.slice(half(ids))) })),
    promptOf: Int32Array.from(sequences, (_, i) => i),
  };
}

function greedyRequest(prompts: readonly (readonly number[])[], maxResponseLength: number): SampleRequest {
  return {
    prompts: prompts.map((ids) => Int32Array.from(ids)),
    groupSize: 1,
    sampling: { maxResponseLength, temperature: 0, topP: 1, topK: 0 },
    endToken: NO_END,
    key: (prompt, response) => new Random(1).key('golden', prompt, response),
  };
}

const asked = process.env['GOLDEN_BACKEND'];

describe.each(asked === undefined ? ['cpu', 'wasm'] : [asked])('on %s', (backend) => {
  beforeAll(async () => {
    if (asked !== undefined) await startGoldenBackend();
    else if (backend === 'wasm') await startWasm();
    else await tf.setBackend(backend);
  });

  describe.each(models)('%s', (name) => {
    const folder = join(modelsFolder, name);
    const expected = readGolden(join('models', name, 'expected.json')) as Expected;
    let policy: TransformerPolicy;
    beforeAll(async () => {
      policy = await openPolicy(folder);
    });
    afterAll(() => policy.dispose());

    test.each([1, ...Object.keys(expected.temperatures).map(Number)])(
      'log-probs and entropy at temperature %s',
      async (temperature) => {
        const references = temperature === 1 ? expected.sequences : expected.temperatures[String(temperature)]!;
        const { width, logProbs, entropy } = await policy.logProbs(asResponses(expected.sequences), {
          temperature,
          entropy: true,
        });
        references.forEach((reference, r) => {
          const length = reference.next_token_log_probs.length;
          const row = (matrix: Float32Array): Float32Array => matrix.subarray(r * width, r * width + length);
          expectClose(row(logProbs), reference.next_token_log_probs);
          expectClose(row(entropy!), reference.entropy.slice(0, length));
        });
      },
    );

    test('a prompt computed apart gives the log-probs of the whole sequence', async () => {
      const batch = halved(expected.sequences);
      const { width, logProbs } = await policy.logProbs(batch, { temperature: 1 });
      expected.sequences.forEach(({ next_token_log_probs: reference }, r) => {
        const { length } = batch.responses[r]!.tokens;
        expectClose(logProbs.subarray(r * width, r * width + length), reference.slice(-length));
      });
    });

    test('greedy continuations of the sequences', async () => {
      const longest = Math.max(...expected.sequences.map(({ greedy }) => greedy.length));
      const completions = await policy.generate(
        greedyRequest(
          expected.sequences.map((s) => s.input_ids),
          longest,
        ),
      );
      completions.forEach(({ tokens }, i) => {
        const { greedy } = expected.sequences[i]!;
        expect([...tokens.slice(0, greedy.length)]).toEqual(greedy);
      });
    });

    test('long greedy continuations with the key-value cache, and their log-probs with and without', async () => {
      const references = expected.generate.sequences;
      const prompts = references.map(({ prompt }) => prompt);
      const longest = Math.max(...references.map(({ greedy }) => greedy.length));
      const completions = await policy.generate(greedyRequest(prompts, longest));
      const { width, logProbs } = await policy.logProbs(
        {
          prompts: prompts.map((ids) => Int32Array.from(ids)),
          responses: completions,
          promptOf: Int32Array.from(prompts, (_, i) => i),
        },
        { temperature: 1 },
      );
      references.forEach(({ greedy, log_probs: reference }, r) => {
        expect([...completions[r]!.tokens.slice(0, greedy.length)]).toEqual(greedy);
        expectClose(completions[r]!.logProbs.slice(0, greedy.length), reference);
        expectClose(logProbs.subarray(r * width, r * width + greedy.length), reference);
      });
    });

    test('gradient norms of the mean negative log-likelihood of the first sequence', async () => {
      const batch = asResponses(expected.sequences.slice(0, 1));
      const count = batch.responses.reduce((sum, { tokens }) => sum + tokens.length, 0);
      const report = await policy.accumulate(
        batch,
        {
          temperature: 1,
          needsEntropy: false,
          evaluate: ({ logProbs }) => ({ total: tf.div(tf.neg(tf.sum(logProbs)), count), scalars: {} }),
        },
        { microBatch: 2 },
      );
      const total = report.parts.reduce((sum, part) => sum + part['total']!, 0);
      expect(Math.abs(total - expected.nll)).toBeLessThanOrEqual(1e-5 * expected.nll);
      const norms: Record<string, tf.Tensor> = {};
      const read: Record<string, number> = {};
      const optimizer = {
        learningRate: 0,
        settings: {},
        apply: ({ gradients }: { gradients: Readonly<Record<string, tf.Tensor>> }) => {
          for (const [parameter, gradient] of Object.entries(gradients)) {
            norms[parameter] = tf.keep(tf.tidy(() => tf.norm(gradient)));
          }
        },
      };
      const whole = await policy.gradientNorm();
      await policy.step({ optimizer, learningRate: 0, gradientNorm: whole });
      expect(Object.keys(norms).sort()).toEqual(Object.keys(expected.grad_norms).sort());
      for (const [parameter, norm] of Object.entries(norms)) read[parameter] = (await norm.data())[0]!;
      tf.dispose(norms);
      for (const [parameter, reference] of Object.entries(expected.grad_norms)) {
        expect(Math.abs(read[parameter]! - reference), parameter).toBeLessThanOrEqual(1e-5 * Math.max(reference, 0.1));
      }
      const reference = Math.hypot(...Object.values(expected.grad_norms));
      expect(Math.abs(whole - reference)).toBeLessThanOrEqual(1e-5 * reference);
    });

    test('a saved folder loads equal', async () => {
      const copy = await mkdtemp(join(tmpdir(), 'dapo-model-'));
      try {
        await policy.save(copy);
        const again = await openPolicy(copy);
        const batch = asResponses(expected.sequences);
        const before = await policy.logProbs(batch, { temperature: 1 });
        const after = await again.logProbs(batch, { temperature: 1 });
        expect(after.logProbs).toEqual(before.logProbs);
        again.dispose();
      } finally {
        await rm(copy, { recursive: true });
      }
    });
  });
});

async function openPolicy(folder: string): Promise<TransformerPolicy> {
  const { saveModel } = await import('../../packages/plugins/src/policies/transformer/model-folder.js');
  const model = await loadModel(folder);
  const tokenizer = {
    vocabularySize: model.architecture.vocabularySize,
    endToken: 1,
    encode: () => new Int32Array(0),
    encodePrompt: () => new Int32Array(0),
    decode: () => '',
    files: () => ({}),
  };
  return new TransformerPolicy({
    ...model,
    byteLimit: 2 ** 26,
    maxRows: 512,
    recompute: 'auto',
    save: (to, parameters) => saveModel(to, parameters, { ...model, tokenizer }),
  });
}
