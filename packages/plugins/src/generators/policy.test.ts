import { expect, test } from 'vitest';
import {
  Random,
  type GenerateRequest,
  type Generator,
  type Policy,
  type Prompt,
  type SampleRequest,
  type Tokenizer,
} from '@dapo/core';
import policyGenerator from './policy.js';

const tokenizer = {
  vocabularySize: 11,
  endToken: 10,
  encodePrompt: ({ input }: Prompt) => Int32Array.from([...(input as string)], Number),
  decode: (ids: ArrayLike<number>) => Array.from(ids, (id) => (id === 10 ? '' : String(id))).join(''),
} as unknown as Tokenizer;

/** Answers with digits that come from the random numbers of the key, then the end token. */
class DicePolicy {
  readonly traits = { contextLength: 8 };
  readonly released: number[] = [];
  optimizerStep = 0;

  publish() {
    const version = this.optimizerStep;
    return Promise.resolve({ version, release: () => void this.released.push(version) });
  }

  generate({ prompts, groupSize, sampling, endToken, key }: SampleRequest) {
    const answers = prompts.flatMap((_, p) =>
      Array.from({ length: groupSize }, (_, g) => {
        const digits = Array.from({ length: sampling.maxResponseLength - 1 }, (_, t) => key(p, g).integer(t, 10));
        const tokens = Int32Array.from([...digits, endToken]);
        return { tokens, logProbs: new Float32Array(tokens.length).fill(-1), finish: 'stop' as const };
      }),
    );
    return Promise.resolve(answers);
  }
}

function setUp(seed = 1): { readonly policy: DicePolicy; readonly generator: Generator } {
  const policy = new DicePolicy();
  const deps = { policy: policy as unknown as Policy, tokenizer, random: new Random(seed) };
  return { policy, generator: policyGenerator.create({}, deps) as Generator };
}

const prompt = (id: string, visit = 0): Prompt => ({ id, input: '12', columns: {}, visit });

function request(prompts: readonly Prompt[], more: Partial<GenerateRequest> = {}): GenerateRequest {
  const sampling = { maxResponseLength: 5, temperature: 1, topP: 1, topK: 0 };
  return { prompts, groupSize: 3, sampling, purpose: 'rollout', step: 7, round: 0, ...more };
}

const texts = async (generator: Generator, of: GenerateRequest): Promise<string[][]> =>
  (await generator.generate(of)).map(({ responses }) => responses.map(({ text }) => text));

test('groups come in prompt order with responses that nobody has scored yet', async () => {
  const { generator, policy } = setUp();
  policy.optimizerStep = 4;
  const groups = await generator.generate(request([prompt('a'), prompt('b')], { round: 2 }));
  expect(groups.map(({ prompt: { id }, round, verdict }) => [id, round, verdict])).toEqual([
    ['a', 2, 'keep'],
    ['b', 2, 'keep'],
  ]);
  expect([...groups[0]!.promptTokens]).toEqual([1, 2]);
  const [response] = groups[1]!.responses;
  expect(groups[1]!.responses).toHaveLength(3);
  expect(response).toMatchObject({
    policyVersion: 4,
    finish: 'stop',
    score: null,
    reward: 0,
    verdict: 'keep',
    components: {},
  });
  expect(response!.text).toBe([...response!.tokens].slice(0, -1).join(''));
  expect([...response!.sampled]).toEqual([1, 1, 1, 1, 1]);
});

test('a response hangs on prompt and visit, not on batch, order or round', async () => {
  const { generator } = setUp();
  const [a, b] = await texts(generator, request([prompt('a'), prompt('b')]));
  expect(await texts(generator, request([prompt('b'), prompt('a')], { round: 3 }))).toEqual([b, a]);
  expect(await texts(generator, request([prompt('a')]))).toEqual([a]);
  expect(new Set([...a!, ...b!]).size).toBe(6);
});

test('another visit, purpose, step or seed gives other responses', async () => {
  const { generator } = setUp();
  const [a] = await texts(generator, request([prompt('a')]));
  expect(await texts(generator, request([prompt('a', 1)]))).not.toEqual([a]);
  expect(await texts(generator, request([prompt('a')], { purpose: 'evaluation' }))).not.toEqual([a]);
  expect(await texts(generator, request([prompt('a')], { step: 8 }))).not.toEqual([a]);
  expect(await texts(setUp(2).generator, request([prompt('a')]))).not.toEqual([a]);
});

test('an update publishes the new weights and lets the old ones go', async () => {
  const { generator, policy } = setUp();
  await generator.generate(request([prompt('a')]));
  policy.optimizerStep = 16;
  const [before] = await generator.generate(request([prompt('a')]));
  await generator.update(policy as unknown as Policy);
  const [after] = await generator.generate(request([prompt('a')]));
  expect([before!.responses[0]!.policyVersion, after!.responses[0]!.policyVersion]).toEqual([0, 16]);
  expect(policy.released).toEqual([0]);
  await generator.dispose!();
  expect(policy.released).toEqual([0, 16]);
});

test('a prompt that leaves no room for the response is named', async () => {
  const { generator } = setUp();
  const long = { ...prompt('a'), input: '1234', origin: 'train.jsonl:3' };
  await expect(generator.generate(request([long]))).rejects.toThrow(
    /The prompt train.jsonl:3 is too long[^]*at most 3 tokens[^]*4 tokens/,
  );
});
