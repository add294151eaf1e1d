import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Events, Metrics, RunSummary, TrackerRecord } from '@dapo/core';
import { describe, expect, test } from 'vitest';
import { trainInterrupted } from './interrupted-run.js';
import { comparable, openRun, smallWorld, trainSmallWorld } from './tabular-run.js';

const series = (steps: readonly Metrics[], name: string): number[] => steps.map((metrics) => metrics[name] ?? 0);
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Trains to the end, or to where a guard ends it. */
async function train(
  set: readonly string[],
  extra: object,
): Promise<{ steps: Metrics[]; summary: RunSummary; acted: string[] }> {
  const run = await openRun('grpo', set, { budget: { rolloutSteps: 12 }, ...extra });
  const [steps, acted]: [Metrics[], string[]] = [[], []];
  run.on('step:finished', ({ metrics }) => void steps.push(metrics));
  run.on('guard:acted', ({ guard, action }: Events['guard:acted']) => void acted.push(`${guard} ${action}`));
  const summary = await run.train();
  await run.dispose();
  return { steps, summary, acted };
}

test('what a guard did stands in the history, after the step that it judged', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dapo-guards-'));
  try {
    const set = ['trackers.jsonl=jsonl', 'guards.entropy=entropy', 'guards.entropy.low=9', 'guards.entropy.patience=2'];
    const run = await openRun('grpo', set, {}, folder);
    await run.train();
    await run.dispose();
    const lines = (await readFile(join(folder, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n');
    const records = lines.map((line) => JSON.parse(line) as TrackerRecord);
    expect(records.map(({ kind, step }) => `${kind} ${step}`)).toEqual(['step 1', 'step 2', 'guard 2', 'end 2']);
    expect(records[2]!.message).toMatch(
      /^guards\.entropy: the entropy is 1\.\d+ nats a token, below 9, for 2 steps in a row$/,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

describe('guards that end a run', () => {
  test('entropy: a policy that has collapsed', async () => {
    const { steps, summary } = await train(
      ['guards.entropy=entropy', 'guards.entropy.low=0.8', 'optimizer.learningRate=0.6'],
      {},
    );
    expect(summary).toMatchObject({ reason: 'guard', steps: steps.length });
    expect(summary.message).toMatch(
      /^guards\.entropy: the entropy is 0\.\d+ nats a token, below 0\.8, for 3 steps in a row$/,
    );
    expect(series(steps, 'guards/entropy/outside').slice(-4)).toEqual([0, 1, 1, 1]);
  });

  test('length-runaway: responses that are mostly cut off', async () => {
    const { steps, summary } = await train(['guards.length=length-runaway', 'guards.length.patience=2'], {
      policy: { use: 'tabular', vocabularySize: 4, prompts: 4, length: 6, logits: [0, 0, 0, -2] },
    });
    // It acts on a rollout, before its updates: the step of that rollout is not finished.
    expect(summary).toMatchObject({ reason: 'guard', steps: 1 });
    expect(summary.message).toMatch(/% of the responses are cut off, for 2 steps in a row$/);
    expect(steps[0]!['guards/length/growth']).toBe(1);
  });

  test('reward-hacking: a reward for something else than the answer', async () => {
    const { steps, summary } = await train(
      [
        'guards.hacking=reward-hacking',
        'rewards.format=regex-format',
        'rewards.format.pattern=^c',
        'rewards.format.weight=4',
      ],
      {
        policy: { use: 'tabular', vocabularySize: 4, prompts: 4, length: 1, logits: [0, 2, 0, 0] },
        prompts: {
          train: { use: 'letters', references: ['b', 'b', 'b', 'b'] },
          heldOut: { use: 'letters', references: ['b', 'b', 'b', 'b'] },
        },
        rollout: { prompts: 4, groupSize: 16, maxResponseLength: 1 },
        update: { miniBatch: 16, epochs: 1 },
        evaluation: { every: 1, k: 64 },
      },
    );
    expect(summary.reason).toBe('guard');
    expect(summary.message).toMatch(/the reward rises while held-out accuracy falls, for 2 evaluations/);
    expect(steps.at(-1)!['reward/mean']).toBeGreaterThan(steps[0]!['reward/mean']!);
    expect(steps.at(-1)!['guards/hacking/suspicious']).toBe(1);
    expect(steps[0]!['guards/hacking/suspicious']).toBe(0);
  });
});

describe('guards that put updates off', () => {
  const fast = { update: { miniBatch: 8, epochs: 4 }, optimizer: { use: 'adamw', learningRate: 0.6 } };

  test.each([
    ['ratio-spike', 'spikes', ['guards.g.max=3']],
    ['kl-spike', 'spikes', ['guards.g.max=0.05']],
    ['gradient-norm', 'skipped', ['guards.g.factor=1.5', 'guards.g.warmUp=2']],
  ])('%s: counted, and not applied', async (name, metric, set) => {
    const { steps, summary, acted } = await train([`guards.g=${name}`, ...set, 'guards.liveGroups=false'], fast);
    const count = sum(series(steps, `guards/g/${metric}`));
    expect(count).toBeGreaterThan(0);
    expect(acted).toEqual(Array(count).fill('guards.g skip-update'));
    expect(summary).toMatchObject({
      reason: 'budget',
      counters: { optimizerSteps: sum(series(steps, 'update/count')) - count },
    });
  });

  test('kl-spike keeps the policy nearer to the one that sampled', async () => {
    const free = await trainSmallWorld('grpo', [], fast);
    const { steps } = await train(['guards.kl=kl-spike', 'guards.kl.max=0.05', 'budget.rolloutSteps=3'], fast);
    const largest = (of: readonly Metrics[]): number => Math.max(...series(of, 'loss/approximate-kl'));
    expect(largest(steps)).toBeLessThan(largest(free));
  });

  test('a guard that acts on nothing changes nothing', async () => {
    const bare = comparable(await trainSmallWorld('grpo', []));
    const set = ['ratio-spike', 'kl-spike', 'gradient-norm', 'length-runaway', 'entropy'].map(
      (name) => `guards.${name}=${name}`,
    );
    const watched = comparable(
      await trainSmallWorld('grpo', [
        ...set,
        'guards.ratio-spike.max=1e9',
        'guards.kl-spike.max=1e9',
        'guards.gradient-norm.factor=1e9',
        'guards.length-runaway.growth=1e9',
        'guards.length-runaway.truncated=1',
      ]),
    );
    const withoutGuards = watched.map((metrics) =>
      Object.fromEntries(Object.entries(metrics).filter(([name]) => !name.startsWith('guards/'))),
    );
    expect(withoutGuards).toEqual(bare);
  });
});

test('what guards remember lies in the checkpoint', async () => {
  const config = {
    extends: 'grpo',
    ...smallWorld,
    prompts: { train: { use: 'letters' }, heldOut: { use: 'letters' } },
    evaluation: { every: 1, k: 4 },
    checkpoints: { every: 1 },
    budget: { rolloutSteps: 5 },
    optimizer: { use: 'adamw', learningRate: 0.6 },
    guards: {
      gradient: { use: 'gradient-norm', factor: 1.5, warmUp: 10 },
      entropy: { use: 'entropy', low: 1, patience: 9 },
      length: { use: 'length-runaway', first: 4, growth: 100, truncated: 1 },
      hacking: { use: 'reward-hacking', patience: 9 },
    },
  };
  const { whole, resumed } = await trainInterrupted(config, 3);
  expect(whole).toHaveLength(5);
  expect(sum(series(whole, 'guards/gradient/skipped'))).toBeGreaterThan(0);
  expect(comparable(resumed)).toEqual(comparable(whole));
});
