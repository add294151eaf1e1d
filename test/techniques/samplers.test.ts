import type { Metrics } from '@dapo/core';
import { describe, expect, test } from 'vitest';
import { trainInterrupted } from './interrupted-run.js';
import { comparable, smallWorld, trainSmallWorld } from './tabular-run.js';

const series = (steps: readonly Metrics[], name: string): number[] => steps.map((metrics) => metrics[name] ?? 0);
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

const hard = {
  policy: { use: 'tabular', vocabularySize: 4, prompts: 4, length: 6, logits: [2, 0, 0, 1] },
  budget: { rolloutSteps: 8 },
};

describe('surplus groups of dynamic sampling', () => {
  test('are gone where they are discarded', async () => {
    const steps = await trainSmallWorld('dapo', [], hard);
    expect(mean(series(steps, 'rollout/surplus'))).toBeGreaterThan(0);
    expect(series(steps, 'sampler/stale-share')).toEqual(Array(8).fill(0));
    for (const first of series(steps, 'update/first-log-prob-difference')) expect(first).toBeLessThan(1e-6);
  });

  test('begin the next batch where they are carried, with the log-probs of the weights that sampled them', async () => {
    const steps = await trainSmallWorld('dapo', ['sampler.surplus=carry'], hard);
    const stale = series(steps, 'sampler/stale-share');
    expect(Math.max(...stale)).toBeGreaterThan(0);
    stale.slice(1).forEach((share, i) => expect(share).toBe(steps[i]!['sampler/carried']! / 4));
    for (const metrics of steps) expect(metrics['rollout/kept-groups']).toBe(4);
    // Where a whole mini-batch is fresh, its first ratio is 1; a stale group among the first makes it another.
    const differences = series(steps, 'update/first-log-prob-difference');
    stale.forEach((share, i) => share === 0 && expect(differences[i]).toBeLessThan(1e-6));
    expect(Math.max(...differences)).toBeGreaterThan(1e-3);
  });
});

describe('a curriculum', () => {
  /** One answer is always right, one never is, two are right now and then. */
  const mixed = {
    policy: { use: 'tabular', vocabularySize: 4, prompts: 4, length: 1, logits: [6, 6, -6, -6] },
    prompts: { train: { use: 'letters', references: ['a', 'b', 'c', 'c'] } },
    rollout: { prompts: 4, groupSize: 8, maxResponseLength: 1 },
    optimizer: { use: 'adamw', learningRate: 1e-6 },
    budget: { rolloutSteps: 20 },
  };

  test('tries prompts whose accuracy is in the middle more often', async () => {
    const even = await trainSmallWorld('grpo', [], mixed);
    const chosen = await trainSmallWorld('grpo', ['sampler=curriculum'], mixed);
    expect(mean(series(even, 'rollout/live-groups'))).toBeCloseTo(0.5, 1);
    expect(mean(series(chosen.slice(1), 'rollout/live-groups'))).toBeGreaterThan(0.8);
    expect(mean(series(chosen, 'sampler/skipped'))).toBeGreaterThan(1);
    expect(mean(series(chosen.slice(1), 'sampler/measured-accuracy'))).toBeGreaterThan(0.4);
  });

  test('over dynamic sampling saves it rounds', async () => {
    const set = ['filters.outcomes=mixed-outcomes', 'sampler.maxRounds=30'];
    const alone = await trainSmallWorld('grpo', ['sampler=dynamic', ...set], mixed);
    const over = await trainSmallWorld(
      'grpo',
      ['sampler=curriculum', 'sampler.inner=dynamic', 'filters.outcomes=mixed-outcomes'],
      mixed,
    );
    expect(mean(series(over, 'sampler/prompts-tried'))).toBeLessThan(
      0.8 * mean(series(alone, 'sampler/prompts-tried')),
    );
    for (const metrics of over) expect(metrics['rollout/live-groups']).toBe(1);
  });
});

describe('replay', () => {
  const corrected = ['correction=truncated-importance', 'update.oldLogProbs=recomputed'];

  test('trains on groups of earlier steps again, at the weight that the policy gives them now', async () => {
    const steps = await trainSmallWorld('grpo', ['sampler=replay', 'sampler.share=0.5', ...corrected], {
      budget: { rolloutSteps: 6 },
    });
    expect(steps[0]!['sampler/replayed-share']).toBe(0);
    expect(steps.at(-1)!['sampler/replayed-share']).toBe(0.5);
    expect(steps.at(-1)!['sampler/age']).toBeGreaterThanOrEqual(1);
    expect(steps.at(-1)!['rollout/kept-groups']).toBe(4);
    expect(steps.at(-1)!['rollout/groups']).toBe(2);
    expect(steps[0]!['correction/weight-max']).toBeCloseTo(1, 5);
    expect(Math.max(...series(steps, 'correction/weight-max'))).toBeGreaterThan(1.1);
    for (const first of series(steps, 'update/first-log-prob-difference')) expect(first).toBeLessThan(1e-6);
  });
});

/** What each sampler remembers lies in the checkpoint: carried groups, accuracies, groups to replay. */
describe.each([
  ['dynamic, carrying', 'dapo', { use: 'dynamic', surplus: 'carry' }],
  ['curriculum over dynamic', 'dapo', { use: 'curriculum', inner: 'dynamic' }],
  ['replay', 'grpo', { use: 'replay', share: 0.5 }],
])('the sampler %s', (_, preset, sampler) => {
  test('goes on from a checkpoint as if it had not been interrupted', async () => {
    const config = {
      extends: preset,
      ...smallWorld,
      ...hard,
      checkpoints: { every: 1 },
      budget: { rolloutSteps: 5 },
      sampler,
    };
    const { whole, resumed } = await trainInterrupted(config, 3);
    expect(whole).toHaveLength(5);
    expect(comparable(resumed)).toEqual(comparable(whole));
  });
});
