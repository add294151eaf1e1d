import { expect, test } from 'vitest';
import type { BudgetSettings } from '@dapo/core';
import { RunHistory } from '../run-history.js';
import { budgetShares, finalScore } from './final-score.js';

const unbounded: BudgetSettings = {
  rolloutSteps: 1_000_000,
  optimizerSteps: 0,
  generatedTokens: 0,
  prompts: 0,
  minutes: 0,
};

/** A run whose accuracy is `curve` of the tokens that it has generated, evaluated every so many steps and at its end. */
function history(tokensPerStep: number, steps: number, every: number, curve: (tokens: number) => number): RunHistory {
  const records = Array.from({ length: steps + 1 }, (_, step) => {
    const tokens = tokensPerStep * step;
    const evaluated = step % every === 0 || step === steps;
    const counted = step > 0 && {
      'counter/generated-tokens': tokens,
      'time/step-seconds': 2,
      'time/total-seconds': 2 * step,
    };
    return { kind: 'step', step, metrics: { ...counted, ...(evaluated && { 'evaluation/accuracy': curve(tokens) }) } };
  });
  return new RunHistory(records);
}

const budget = { ...unbounded, generatedTokens: 100_000 };
const scoreOf = (run: RunHistory): number | undefined => finalScore(run, budgetShares(run, budget));
const rising = (tokens: number): number => tokens / 200_000;

test.each([
  [4000, 25, 5],
  [4000, 25, 7],
  [3125, 32, 5],
  [10_000, 10, 1],
])(
  'runs on one curve have one score, however many tokens a step costs: %d tokens, %d steps, evaluated every %d',
  (tokens, steps, every) => {
    expect(scoreOf(history(tokens, steps, every, rising))).toBeCloseTo(0.45, 10);
  },
);

test('the budget that is used up first is what is read along', () => {
  const run = history(4000, 10, 1, rising);
  // 20 seconds are a third of a minute, 40,000 tokens two thirds of 60,000.
  const shares = budgetShares(run, { ...unbounded, rolloutSteps: 100, minutes: 1, generatedTokens: 60_000 });
  expect(shares.get(10)).toBeCloseTo(2 / 3);
  expect(budgetShares(run, { ...unbounded, rolloutSteps: 10, minutes: 1 }).get(5)).toBe(0.5);
});

test('a run that ended early has its last evaluation; one that was evaluated at its start only has none', () => {
  expect(scoreOf(history(4000, 10, 5, rising))).toBeCloseTo(0.2);
  expect(scoreOf(history(4000, 1, 1, rising))).toBeCloseTo(0.02);
  expect(
    scoreOf(new RunHistory([{ kind: 'evaluation', step: 0, metrics: { 'evaluation/accuracy': 0.1 } }])),
  ).toBeUndefined();
});
