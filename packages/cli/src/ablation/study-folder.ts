import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { nodeHost } from '@dapo/core';
import { otherStudyThere, studyRunning } from './ablation-errors.js';
import type { StudyBudget } from './budget.js';
import type { ExecutedRun } from './execute.js';
import type { Plan } from './plan.js';
import type { Verdict } from './verdict.js';

/** What makes a study the same one when its command is given again. Seeds may be added. */
export interface StudyIdentity {
  readonly study: string;
  readonly budget: StudyBudget;
  readonly variants: readonly { readonly name: string; readonly config: Readonly<Record<string, unknown>> }[];
}

export function identityOf(plan: Plan, budget: StudyBudget): StudyIdentity {
  const variants = plan.variants.map(({ name, described }) => ({ name, config: described }));
  return JSON.parse(JSON.stringify({ study: plan.study, budget, variants })) as StudyIdentity;
}

/** What study.json holds, beside the plan. */
export interface StudyFile {
  readonly identity: StudyIdentity;
  /** From here on absent until runs have ended. */
  readonly runs?: readonly Pick<ExecutedRun, 'variant' | 'seed' | 'folder' | 'state' | 'result' | 'failure'>[];
  readonly verdicts?: readonly Verdict[];
  /** See `looksWith`. */
  readonly looks?: readonly number[];
}

/** The study that lies in a folder; undefined where there is none. */
export function readStudyFile(folder: string): StudyFile | undefined {
  const file = path.join(folder, 'study.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as never) : undefined;
}

/** @throws CommandError where another study lies there */
export function requireSameStudy(folder: string, before: StudyIdentity, now: StudyIdentity): void {
  const difference = differenceOf(before, now);
  if (difference !== undefined) throw otherStudyThere(folder, difference);
}

function differenceOf(before: StudyIdentity, now: StudyIdentity): string | undefined {
  const text = JSON.stringify;
  if (before.study !== now.study) return `it is «${before.study}», not «${now.study}»`;
  if (text(before.budget) !== text(now.budget)) {
    return `its budget is ${before.budget.unit}=${before.budget.amount}, not ${now.budget.unit}=${now.budget.amount}`;
  }
  const names = (identity: StudyIdentity): string => identity.variants.map(({ name }) => name).join(' | ');
  if (names(before) !== names(now)) return `its variants are ${names(before)}`;
  const changed = before.variants.find(({ config }, i) => text(config) !== text(now.variants[i]!.config));
  return changed && `the config of «${changed.name}» was another one`;
}

/** Written beside its place and renamed: a crash leaves the old one. */
export async function writeStudyFile(folder: string, name: string, content: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const place = path.join(folder, name);
  await writeFile(`${place}.new`, content);
  await rename(`${place}.new`, place);
}

/**
 * Keeps a second process out of a study.
 *
 * @returns gives the lock back
 * @throws CommandError where another process is at work there
 */
export async function lockStudy(folder: string): Promise<() => Promise<void>> {
  const claimed = await (await nodeHost()).claim!(folder, 'study.lock');
  if (typeof claimed === 'number') throw studyRunning(folder, claimed);
  return claimed;
}

/** Whether a process lives and, where the machine can tell, is the one meant: numbers are given out again. */
export function isRunning(pid: number, word: string): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const commandLine = `/proc/${pid}/cmdline`;
  try {
    return !existsSync('/proc/self/cmdline') || readFileSync(commandLine, 'utf8').includes(word);
  } catch {
    return false;
  }
}
