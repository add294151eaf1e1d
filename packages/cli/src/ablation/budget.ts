import type { BudgetSettings } from '@dapo/core';
import { InvalidArgumentError } from '../commander.js';

const units = {
  tokens: 'generatedTokens',
  steps: 'rolloutSteps',
  updates: 'optimizerSteps',
  prompts: 'prompts',
  minutes: 'minutes',
} as const satisfies Readonly<Record<string, keyof BudgetSettings>>;

export type BudgetUnit = keyof typeof units;

/** What every run of a study may use up. */
export interface StudyBudget {
  readonly unit: BudgetUnit;
  readonly amount: number;
}

/** Rollout steps that no study reaches: the config has no way to say that they aren't bounded. */
const UNBOUNDED_STEPS = 1_000_000;

/** Reads `tokens=200000`. */
export function parseBudget(text: string): StudyBudget {
  const [unit = '', number = ''] = text.split('=');
  const amount = Number(number.replaceAll('_', ''));
  if (!(unit in units)) throw new InvalidArgumentError(`It is not one of ${Object.keys(units).join(', ')}.`);
  if (number.trim() === '' || !Number.isFinite(amount) || amount <= 0)
    throw new InvalidArgumentError('Its number is not above 0.');
  if (unit !== 'minutes' && !Number.isInteger(amount)) throw new InvalidArgumentError('Its number is not whole.');
  return { unit: unit as BudgetUnit, amount };
}

/** Everything that bounds a run of a config. */
export function boundsOf(budget: BudgetSettings): StudyBudget[] {
  const all = Object.entries(units).map(([unit, key]) => ({ unit: unit as BudgetUnit, amount: budget[key] }));
  return all.filter(({ amount }) => amount > 0);
}

/** The same budget for every variant, in place of whatever bounds the config has. */
export function budgetOverrides({ unit, amount }: StudyBudget): string[] {
  return Object.entries(units).map(([name, key]) => {
    const otherwise = key === 'rolloutSteps' ? UNBOUNDED_STEPS : 0;
    return `budget.${key}=${name === unit ? amount : otherwise}`;
  });
}
