import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { EvaluatedProblem } from '@dapo/core';
import type { ComparedPrompt } from './document.js';
import { runsOf, type ReportRun, type ReportSource } from './source.js';

/** Prompts shown side by side. */
const PROMPTS = 6;

/** The answers of one run of each variant, at one step, to the same prompts. */
export interface ComparedAnswers {
  readonly step: number;
  readonly seed: number;
  readonly prompts: readonly ComparedPrompt[];
}

/**
 * Answers at the last step that one seed of every variant was measured at: the prompts on which the variants differ
 * most. Undefined where no step is common to all.
 */
export async function compareCompletions(source: ReportSource): Promise<ComparedAnswers | undefined> {
  const names = source.facts.plan.variants.map(({ name }) => name);
  const seed = commonSeed(source, names);
  const runs = names.flatMap(
    (name) => runsOf(source, name).find((run) => seed === undefined || run.seed === seed) ?? [],
  );
  const steps = await Promise.all(runs.map(evaluatedSteps));
  const common = (steps[0] ?? []).filter((step) => steps.every((own) => own.includes(step)));
  if (common.length === 0) return undefined;
  const step = Math.max(...common);
  const read = await Promise.all(runs.map((run) => readEvaluation(run, step)));
  const problems = read.map((list) => new Map(list.map((problem) => [problem.id, problem])));
  const ids = [...problems[0]!.keys()].filter((id) => problems.every((own) => own.has(id)));
  const disagreement = (id: string): number => {
    const right = problems.filter((own) => own.get(id)!.answers[0]?.correct).length;
    return Math.min(right, runs.length - right);
  };
  // The sort is stable: among equals the order of the held-out set decides, and a report is the same every time.
  const chosen = ids.toSorted((a, b) => disagreement(b) - disagreement(a)).slice(0, PROMPTS);
  return { step, seed: runs[0]!.seed, prompts: chosen.map((id) => comparePrompt(id, problems, runs)) };
}

/** The smallest seed that all variants have; undefined where there is none. */
function commonSeed(source: ReportSource, names: readonly string[]): number | undefined {
  const seeds = names.map((name) => runsOf(source, name).map(({ seed }) => seed));
  return seeds[0]?.find((seed) => seeds.every((own) => own.includes(seed)));
}

function comparePrompt(
  id: string,
  problems: readonly ReadonlyMap<string, EvaluatedProblem>[],
  runs: readonly ReportRun[],
): ComparedPrompt {
  const { input, reference } = problems[0]!.get(id)!;
  const answers = problems.flatMap((own, i) => {
    const answer = own.get(id)!.answers[0];
    return answer
      ? [{ variant: runs[i]!.variant, text: answer.text, correct: answer.correct, finish: answer.finish }]
      : [];
  });
  const prompt = typeof input === 'string' ? input : JSON.stringify(input);
  return { prompt, ...(reference !== undefined && { reference }), answers };
}

async function evaluatedSteps({ folder }: ReportRun): Promise<number[]> {
  const place = path.join(folder, 'evaluations');
  if (!existsSync(place)) return [];
  return (await readdir(place)).flatMap((name) => {
    const step = /^step-(\d+)\.jsonl$/.exec(name)?.[1];
    return step === undefined ? [] : [Number(step)];
  });
}

async function readEvaluation({ folder }: ReportRun, step: number): Promise<EvaluatedProblem[]> {
  const file = path.join(folder, 'evaluations', `step-${String(step).padStart(6, '0')}.jsonl`);
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as EvaluatedProblem);
}
