import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { BudgetSettings, RunManifest } from '@dapo/core';
import { readRunHistory, type RunHistory } from '../run-history.js';
import { normalizedArea } from '../statistics/learning-curve.js';
import { budgetShares, finalScore } from './final-score.js';

export interface RunResult {
  /** finished: its budget is used up · guard: a guard ended it · unfinished: it can go on. */
  readonly state: 'finished' | 'guard' | 'unfinished';
  /** Why a guard ended it. */
  readonly message?: string;
  readonly steps: number;
  /** Held-out accuracy at each evaluation, the one before the first step included. */
  readonly evaluations: readonly { readonly step: number; readonly value: number; readonly tokens: number }[];
  /** Held-out accuracy at the end of the budget; absent before the first evaluation after a step. */
  readonly score?: number;
  /** Mean height of the accuracy over generated tokens: how fast it learned. */
  readonly speed?: number;
  readonly tokens: number;
  readonly seconds: number;
  readonly money: number;
  /** Largest resident memory, MiB; absent in runs that did not record it. */
  readonly memory?: number;
}

/** What a run folder tells; undefined where no run has begun. */
export async function readRunResult(folder: string): Promise<RunResult | undefined> {
  const file = path.join(folder, 'manifest.json');
  if (!existsSync(file)) return undefined;
  const history = await readRunHistory(folder);
  if (!history) return { state: 'unfinished', steps: 0, evaluations: [], tokens: 0, seconds: 0, money: 0 };
  const { config } = JSON.parse(await readFile(file, 'utf8')) as RunManifest;
  const shares = budgetShares(history, config['budget'] as BudgetSettings);
  const numbers = numbersOf(history, shares);
  // One that was killed after its last checkpoint has nothing left to do, whatever its last line says.
  const usedUp = (shares.get(numbers.steps) ?? 0) >= 1;
  if (usedUp && existsSync(path.join(folder, 'checkpoints', checkpointName(numbers.steps)))) {
    return { state: 'finished', ...numbers };
  }
  return { ...(await endOf(folder)), ...numbers };
}

/** @example checkpointName(10) → 'step-000010' */
function checkpointName(step: number): string {
  return `step-${String(step).padStart(6, '0')}`;
}

function numbersOf(history: RunHistory, shares: ReadonlyMap<number, number>): Omit<RunResult, 'state' | 'message'> {
  const last = (name: string): number => history.series(name).at(-1)?.value ?? 0;
  const memory = Math.max(...history.series('time/peak-memory').map(({ value }) => value));
  const tokensAt = new Map(history.series('counter/generated-tokens').map(({ step, value }) => [step, value]));
  const evaluations = history
    .series('evaluation/accuracy')
    .map(({ step, value }) => ({ step, value, tokens: tokensAt.get(step) ?? 0 }));
  const score = finalScore(history, shares);
  const speed = normalizedArea(evaluations.map(({ tokens, value }) => ({ step: tokens, value })));
  return {
    steps: history.series('time/step-seconds').at(-1)?.step ?? 0,
    evaluations,
    ...(score !== undefined && { score }),
    ...(Number.isFinite(speed) && { speed }),
    tokens: last('counter/generated-tokens'),
    seconds: last('time/total-seconds'),
    money: last('time/money'),
    ...(Number.isFinite(memory) && { memory }),
  };
}

/** The last line of a run says how it ended; one that was stopped, or has no such line, can go on. */
async function endOf(folder: string): Promise<Pick<RunResult, 'state' | 'message'>> {
  const lines = (await readFile(path.join(folder, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n');
  const last = parseRecord(lines.at(-1) ?? '');
  if (last?.kind !== 'end' || last.message === 'stopped') return { state: 'unfinished' };
  return last.message === 'budget' ? { state: 'finished' } : { state: 'guard', message: last.message };
}

function parseRecord(line: string): { readonly kind: string; readonly message?: string } | undefined {
  try {
    return JSON.parse(line) as { kind: string };
  } catch {
    return undefined;
  }
}
