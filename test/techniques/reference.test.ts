import type { Metrics } from '@dapo/core';
import { describe, expect, test } from 'vitest';
import { trainInterrupted } from './interrupted-run.js';
import { comparable, smallWorld, trainSmallWorld } from './tabular-run.js';

const pull = (coefficient: number): object => ({
  signals: { reference: 'reference' },
  loss: { kl: 'k3', klCoefficient: coefficient },
  budget: { rolloutSteps: 6 },
});

const last = (steps: readonly Metrics[], name: string): number => steps.at(-1)![name]!;

describe('a KL term', () => {
  test('holds the policy the nearer to its reference the heavier it weighs', async () => {
    const [light, heavy] = [await trainSmallWorld('grpo', [], pull(0)), await trainSmallWorld('grpo', [], pull(1))];
    expect(last(light, 'loss/reference-kl')).toBeGreaterThan(0.1);
    expect(last(heavy, 'loss/reference-kl')).toBeGreaterThan(0);
    expect(last(heavy, 'loss/reference-kl')).toBeLessThan(last(light, 'loss/reference-kl') / 2);
    expect(light.map((metrics) => metrics['signals/reference/age'])).toEqual([0, 8, 16, 24, 32, 40]);
  });

  test('of a reference that follows lets the policy go farther', async () => {
    const still = await trainSmallWorld('grpo', [], pull(1));
    const following = await trainSmallWorld('grpo', ['signals.reference.every=1'], pull(1));
    const slowly = await trainSmallWorld('grpo', ['signals.reference.every=1', 'signals.reference.mix=0.3'], pull(1));
    expect(following.map((metrics) => metrics['signals/reference/age'])).toEqual([0, 0, 0, 0, 0, 0]);
    expect(last(following, 'rollout/accuracy')).toBeGreaterThan(last(still, 'rollout/accuracy'));
    expect(last(slowly, 'loss/reference-kl')).toBeGreaterThan(last(following, 'loss/reference-kl'));
  });

  test('in the reward is felt as well', async () => {
    const steps = await trainSmallWorld('grpo', ['rewards.kl=kl-penalty', 'rewards.kl.coefficient=0.1'], {
      signals: { reference: 'reference' },
    });
    expect(steps[0]!['rewards/kl/touched']).toBe(0);
    expect(last(steps, 'rewards/kl/touched')).toBeGreaterThan(0.9);
  });
});

const tabular = { extends: 'grpo', ...smallWorld, budget: { rolloutSteps: 4 }, checkpoints: { every: 1 } };
/** The tensor backend is one for the process: the transformer runs on that of the tables. */
const transformer = {
  ...tabular,
  tokenizer: { use: 'character', characters: '0123456789+=' },
  policy: { use: 'transformer', hiddenSize: 16, layers: 1, heads: 2, contextLength: 16 },
  prompts: { train: { use: 'arithmetic', maxDigits: 1 } },
  // Its answers are never right, some are too long: that moves it.
  rewards: { answer: 'exact-answer', length: { use: 'soft-overlong', cache: 2 } },
  rollout: { prompts: 2, groupSize: 4, maxResponseLength: 3 },
  update: { miniBatch: 4 },
};

describe.each([
  ['a fixed reference', { reference: 'reference' }],
  ['a reference that follows', { reference: { use: 'reference', every: 2, mix: 0.5 } }],
])('a run with %s', (_, signals) => {
  test.each([
    ['tabular', tabular],
    ['transformer', transformer],
  ])('of the %s policy goes on from a checkpoint as if it had not been interrupted', async (__, config) => {
    const { whole, resumed } = await trainInterrupted(
      { ...config, ...pull(0.5), budget: { rolloutSteps: 4 }, signals },
      3,
    );
    expect(whole).toHaveLength(4);
    expect(comparable(resumed)).toEqual(comparable(whole));
    expect(last(whole, 'loss/reference-kl')).toBeGreaterThan(0);
  });
});
