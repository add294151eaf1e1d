import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BudgetSettings } from '@dapo/core';
import { pilotFailed } from './ablation-errors.js';
import { boundsOf, budgetOverrides, type StudyBudget } from './budget.js';
import type { PlannedVariant } from './plan.js';
import { runDapo } from './run-process.js';

/** What one step of a variant costs. */
export interface Pilot {
  readonly tokens: number;
  readonly prompts: number;
  readonly updates: number;
  readonly stepSeconds: number;
  readonly evaluationSeconds: number;
  /** Until the first step: loading, compiling. */
  readonly startSeconds: number;
  /** What the step recorded. */
  readonly metrics: Readonly<Record<string, number | null>>;
}

/**
 * Trains one step in a folder that is thrown away.
 *
 * @throws CommandError where it fails; the reason of the signal where that is aborted, whatever became of the step
 */
export async function flyPilot(variant: PlannedVariant, train: readonly string[], signal: AbortSignal): Promise<Pilot> {
  signal.throwIfAborted();
  const folder = await mkdtemp(path.join(tmpdir(), 'dapo-pilot-'));
  const records: Record<string, Readonly<Record<string, number | null>>> = {};
  const one = budgetOverrides({ unit: 'steps', amount: 1 }).flatMap((override) => ['--set', override]);
  const started = performance.now();
  try {
    const args = ['train', ...train, ...one, '--out', path.join(folder, 'run'), '--json'];
    const { code, output } = await runDapo(args, {
      signal,
      onRecord: ({ kind, metrics }) => metrics && (records[kind] = metrics),
    });
    signal.throwIfAborted();
    const step = records['step'];
    if (code !== 0 || !step) throw pilotFailed(variant.name, output);
    const value = (name: string): number => step[name] ?? 0;
    const evaluationSeconds = records['evaluation']?.['time/evaluation-seconds'] ?? 0;
    const whole = (performance.now() - started) / 1000;
    return {
      tokens: value('counter/generated-tokens'),
      prompts: value('counter/prompts-seen'),
      updates: value('counter/optimizer-steps'),
      stepSeconds: value('time/step-seconds'),
      evaluationSeconds,
      startSeconds: Math.max(0, whole - value('time/step-seconds') - 2 * evaluationSeconds),
      metrics: step,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Rollout steps that a budget buys, if every step costs what the first did. */
export function stepsOf({ unit, amount }: StudyBudget, pilot: Pilot): number {
  const perStep = {
    steps: 1,
    tokens: pilot.tokens,
    prompts: pilot.prompts,
    updates: pilot.updates,
    minutes: pilot.stepSeconds / 60,
  }[unit];
  return Math.max(1, Math.ceil(amount / Math.max(perStep, Number.EPSILON)));
}

/** Tokens that a config's own budget buys: what is used up first decides. */
export function tokensBought(budget: BudgetSettings, pilot: Pilot): number {
  const steps = Math.min(...boundsOf(budget).map((bound) => stepsOf(bound, pilot)));
  return Math.min(budget.generatedTokens || Infinity, steps * pilot.tokens);
}

/** Seconds of one run. */
export function estimateSeconds(budget: StudyBudget, pilot: Pilot, evaluateEvery: number): number {
  const steps = stepsOf(budget, pilot);
  const evaluations = 1 + Math.ceil(steps / evaluateEvery);
  return pilot.startSeconds + steps * pilot.stepSeconds + evaluations * pilot.evaluationSeconds;
}
