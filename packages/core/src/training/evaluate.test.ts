import { expect, test } from 'vitest';
import type { Generator, Group, RewardFn } from '../contracts/index.js';
import { fixtureGroup, fixturePrompt, fixtureResponse } from '../testing/fixtures.js';
import { evaluate, type Evaluation } from './evaluate.js';
import { shareOf } from './evaluation-statistics.js';
import type { Parts, Placed, PlacedReward } from './parts.js';

type Verdict = 'right' | 'wrong' | 'unscored';

const place = <T>(kind: string, instance: T): Placed<T> => ({
  path: kind,
  key: kind,
  kind,
  name: 'fake',
  label: `${kind} fake`,
  instance,
  needs: [],
  metrics: {},
});

/** Evaluates answers with these verdicts, a row a problem. */
async function evaluated(problems: readonly (readonly Verdict[])[]): Promise<Evaluation> {
  const generator: Partial<Generator> = {
    generate: ({ prompts }) =>
      Promise.resolve(
        prompts.map((prompt, p): Group =>
          fixtureGroup(
            problems[p]!.map((verdict) => fixtureResponse({ text: verdict })),
            { prompt },
          ),
        ),
      ),
  };
  const reward: RewardFn = {
    score: (items) =>
      items.map(({ response: { text } }) =>
        text === 'unscored' ? null : { reward: text === 'right' ? 2 : 0, correct: text === 'right', answer: text },
      ),
  };
  const parts = {
    generator: place('generator', generator),
    rewards: [{ ...place('reward', reward), role: 'task', weight: 1, provides: ['correct'] } as PlacedReward],
    heldOutPrompts: {
      size: problems.length,
      take: (count: number) =>
        Promise.resolve(Array.from({ length: count }, (_, i) => ({ ...fixturePrompt(), id: String(i) }))),
    },
  } as unknown as Parts;
  const settings = { every: 1, k: problems[0]!.length, problems: 0, temperature: 1, topP: 1 };
  return evaluate(parts, 3, settings, { maxResponseLength: 8 } as never);
}

test('an answer that no reward could score is neither right nor wrong', async () => {
  const { accuracy, shares, passAt, majority, problems, metrics, completions } = await evaluated([
    ['right', 'wrong', 'unscored', 'unscored'],
    ['right', 'right', 'right', 'wrong'],
    ['unscored', 'unscored', 'unscored', 'unscored'],
  ]);
  expect(shares).toEqual([0.5, 0.75, null]);
  expect(accuracy.value).toBe(0.625);
  expect(problems).toBe(2);
  expect(metrics).toMatchObject({
    'evaluation/unscored': 6,
    'evaluation/problems': 2,
    'evaluation/score': (2 * 4) / 6,
  });
  // pass@2 of 1 in 2 and of 3 in 4; pass@4 of the problem alone that has four.
  expect([passAt[1]!.value, passAt[2]!.value, passAt[4]!.value]).toEqual([0.625, 1, 1]);
  expect(majority!.value).toBe(1);
  expect(completions.map(({ answers }) => shareOf(answers))).toEqual(shares);
});

test('where all could be scored, nothing is left out', async () => {
  const { accuracy, problems, metrics } = await evaluated([
    ['right', 'wrong'],
    ['wrong', 'wrong'],
  ]);
  expect([accuracy.value, problems, metrics['evaluation/unscored']]).toEqual([0.25, 2, 0]);
});

test('an evaluation of which nothing could be scored finds no accuracy, not one of 0', async () => {
  const { accuracy, passAt, majority, problems, metrics } = await evaluated([['unscored', 'unscored']]);
  expect([accuracy.value, metrics['evaluation/accuracy'], metrics['evaluation/score']]).toEqual([NaN, NaN, NaN]);
  expect([passAt, majority, problems]).toEqual([{}, undefined, 0]);
});
