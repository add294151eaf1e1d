import { expect, test } from 'vitest';
import type { Guard, GuardAnswer, ResolvedConfig } from '@dapo/core';
import rewardHacking from './reward-hacking.js';

const recorded: number[] = [];

function guard(options: object = {}): Guard {
  const metrics = { record: (_: string, value: number) => void recorded.push(value) };
  return rewardHacking.create(rewardHacking.options!.parse(options), { metrics }) as Guard;
}

const progress = { rolloutStep: 0, optimizerStep: 0, fraction: 0 };
const step = (of: Guard, score: number): GuardAnswer =>
  of.check('updated', { metrics: { 'reward/mean': score, 'rollout/score': -score }, progress }) as GuardAnswer;
const evaluate = (of: Guard, accuracy: number): GuardAnswer =>
  of.check('evaluated', {
    metrics: { 'evaluation/accuracy': accuracy, 'evaluation/accuracy-high': accuracy + 0.05 },
    progress,
  }) as GuardAnswer;

test('a reward that rises while accuracy falls, two evaluations in a row, ends the run', () => {
  recorded.length = 0;
  const watcher = guard();
  const answers = [evaluate(watcher, 0.5), step(watcher, 0.1), evaluate(watcher, 0.6), step(watcher, 0.4)];
  answers.push(evaluate(watcher, 0.5), step(watcher, 0.6));
  expect(answers).toEqual(Array(6).fill('continue'));
  const reason = 'the reward rises while held-out accuracy falls, for 2 evaluations: the reward is being gamed';
  expect(evaluate(watcher, 0.4)).toEqual({ action: 'stop', reason });
  expect(recorded).toEqual([0, 0, 1]);
});

test('a fall below the accuracy of the untrained weights counts as well', () => {
  const watcher = guard({ patience: 1, action: 'roll-back' });
  evaluate(watcher, 0.5);
  step(watcher, 0.1);
  step(watcher, 0.5);
  expect(evaluate(watcher, 0.3)).toMatchObject({ action: 'roll-back' });
});

test('falling together, rising together and a fall within the interval are no hacking', () => {
  for (const [score, accuracy] of [
    [-0.5, 0.3],
    [0.5, 0.7],
    [0.5, 0.47],
  ] as const) {
    const watcher = guard({ patience: 1 });
    evaluate(watcher, 0.5);
    step(watcher, 0.1);
    step(watcher, score);
    expect(evaluate(watcher, accuracy)).toBe('continue');
  }
});

test('the reward of the task alone is judged where that is asked for', () => {
  const watcher = guard({ patience: 1, of: 'rollout/score' });
  evaluate(watcher, 0.5);
  step(watcher, 0.1);
  step(watcher, 0.5);
  expect(evaluate(watcher, 0.3)).toBe('continue');
});

test('a checkpoint keeps all of it', async () => {
  const watcher = guard();
  evaluate(watcher, 0.5);
  step(watcher, 0.1);
  step(watcher, 0.5);
  evaluate(watcher, 0.3);
  step(watcher, 0.5);
  const resumed = guard();
  await resumed.restore!(JSON.parse(JSON.stringify(await watcher.state!())));
  expect(evaluate(resumed, 0.3)).toMatchObject({ action: 'stop' });
});

test('without evaluations it has nothing to judge by', () => {
  const remarks = (heldOut: object | undefined, every: number): number =>
    rewardHacking.check!(
      rewardHacking.options!.parse({}),
      { prompts: { heldOut }, evaluation: { every } } as ResolvedConfig,
      new Map(),
    ).length;
  expect([remarks({}, 5), remarks({}, 0), remarks(undefined, 5)]).toEqual([0, 1, 1]);
});
