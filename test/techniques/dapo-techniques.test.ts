import type { Metrics } from '@dapo/core';
import { describe, expect, test } from 'vitest';
import { trainSmallWorld } from './tabular-run.js';

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const series = (steps: readonly Metrics[], name: string): number[] => steps.map((metrics) => metrics[name] ?? 0);

/** Every response ends at once on one of four tokens; only a rare one is right. */
const rareToken = {
  policy: { use: 'tabular', vocabularySize: 4, prompts: 4, length: 1, logits: [3, 0, 0, 0] },
  prompts: { train: { use: 'letters', references: ['b', 'b', 'b', 'b'] } },
  rollout: { prompts: 4, groupSize: 16, maxResponseLength: 1 },
  update: { miniBatch: 16, epochs: 4 },
  rewards: { answer: 'exact-answer', length: false },
  optimizer: { use: 'adamw', learningRate: 0.08 },
  budget: { rolloutSteps: 6 },
};

describe('Clip-Higher', () => {
  test('lets a rare right token rise faster than symmetric clipping does', async () => {
    const higher = await trainSmallWorld('grpo', ['loss.clip=clip-higher'], rareToken);
    const symmetric = await trainSmallWorld('grpo', [], rareToken);
    const last = higher.length - 1;
    expect(higher[last]!['rollout/accuracy']).toBeGreaterThan(symmetric[last]!['rollout/accuracy']!);
    expect(mean(series(higher, 'loss/clip-fraction-high'))).toBeGreaterThan(0);
    expect(mean(series(higher, 'loss/clip-fraction-high'))).toBeLessThan(
      mean(series(symmetric, 'loss/clip-fraction-high')),
    );
  });
});

describe('Dynamic Sampling', () => {
  const hard = { policy: { use: 'tabular', vocabularySize: 4, prompts: 4, length: 6, logits: [2, 0, 0, 1] } };

  test('fills the batch with live groups alone', async () => {
    const steps = await trainSmallWorld('dapo', [], hard);
    for (const metrics of steps) {
      expect(metrics['rollout/kept-groups']).toBe(4);
      expect(metrics['rollout/live-groups']).toBe(1);
    }
    expect(Math.max(...series(steps, 'rollout/rounds'))).toBeGreaterThan(1);
  });

  test('without it dead groups enter the batch', async () => {
    const steps = await trainSmallWorld(
      'dapo',
      ['sampler=standard', 'filters.outcomes=false', 'rewards.length=false'],
      hard,
    );
    expect(Math.min(...series(steps, 'rollout/live-groups'))).toBeLessThan(1);
    expect(series(steps, 'rollout/rounds')).toEqual([1, 1, 1]);
  });
});

describe('Overlong Reward Shaping', () => {
  /** The end token is unlikely, so most responses are cut off. */
  const longWinded = {
    policy: { use: 'tabular', vocabularySize: 4, prompts: 4, length: 8, logits: [0, 0, 0, -1] },
    rollout: { prompts: 4, groupSize: 16, maxResponseLength: 8 },
    update: { miniBatch: 16 },
    budget: { rolloutSteps: 8 },
  };

  test('makes the truncated share fall, and says how many it touched', async () => {
    const set = ['sampler=standard', 'filters.outcomes=false', 'rewards.length.cache=4'];
    const shaped = await trainSmallWorld('dapo', set, longWinded);
    const unshaped = await trainSmallWorld('dapo', [...set.slice(0, 2), 'rewards.length=false'], longWinded);
    expect(shaped[0]!['rewards/length/touched']).toBeGreaterThan(0.3);
    expect(shaped.at(-1)!['rollout/truncated']).toBeLessThan(shaped[0]!['rollout/truncated']! / 2);
    expect(shaped.at(-1)!['rollout/truncated']).toBeLessThan(unshaped.at(-1)!['rollout/truncated']!);
  });

  test('the overlong filter masks what is truncated, and its tokens leave the loss', async () => {
    const steps = await trainSmallWorld('grpo', ['filters.overlong=overlong'], longWinded);
    for (const metrics of steps) {
      expect(metrics['rollout/masked-responses']).toBeCloseTo(metrics['rollout/truncated']!, 6);
      expect(metrics['rollout/loss-tokens']).toBeLessThan(metrics['rollout/generated-tokens']!);
    }
  });
});

describe('the first update of a rollout', () => {
  test('has ratio 1', async () => {
    const steps = await trainSmallWorld('dapo');
    for (const metrics of steps) expect(metrics['update/first-log-prob-difference']).toBeLessThan(1e-6);
    expect(Math.max(...series(steps, 'policy/log-prob-difference'))).toBeGreaterThan(1e-3);
  });
});
