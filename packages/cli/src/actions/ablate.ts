import { availableParallelism } from 'node:os';
import path from 'node:path';
import { loadConfig } from '@dapo/core';
import { budgetOverrides, type StudyBudget } from '../ablation/budget.js';
import { coreShare } from '../ablation/core-share.js';
import { executeRuns, type ExecutedRun, type StudyRun } from '../ablation/execute.js';
import { estimateSeconds, flyPilot, tokensBought, type Pilot } from '../ablation/pilot.js';
import { describePlan, studySeconds, type PlanFacts } from '../ablation/plan-report.js';
import { describeBase, planStudy, type Plan } from '../ablation/plan.js';
import { readStudy } from '../ablation/read-study.js';
import {
  identityOf,
  lockStudy,
  readStudyFile,
  requireSameStudy,
  writeStudyFile,
  type StudyFile,
  type StudyIdentity,
} from '../ablation/study-folder.js';
import { requireUnchanged } from '../ablation/run-changes.js';
import { shareRuns } from '../ablation/share-runs.js';
import { studyNotes, studyTables, type StudyFacts } from '../ablation/study-report.js';
import { StudyView } from '../ablation/study-view.js';
import type { Grid } from '../ablation/study.js';
import { looksWith, reachOf } from '../ablation/verdict.js';
import { engineOptions, overridesOf, type ExecOptions } from '../engine.js';
import { exitCodes } from '../exit-codes.js';
import { listenForInterrupt } from '../interrupt.js';
import { commandLine } from '../invocation.js';
import { table } from '../render/table.js';
import { readSources } from '../report/read-source.js';
import type { ReportSource } from '../report/source.js';
import { livenessByVariant, variantFacts } from '../report/variant-facts.js';
import { print, printAside, printJson } from '../terminal.js';

interface AblateOptions extends ExecOptions {
  readonly study: string;
  readonly grid?: Grid;
  readonly seeds: number;
  readonly budget?: StudyBudget;
  readonly out?: string;
  readonly jobs?: number;
  readonly set?: readonly string[];
  readonly backend?: string;
  readonly dryRun?: true;
  readonly pilot: boolean;
  readonly json?: true;
}

export async function ablate(file: string | undefined, options: AblateOptions): Promise<void> {
  const set = overridesOf(options);
  const base = await describeBase(file, set, options);
  const plan = await planStudy(readStudy(options.study, base, options.grid), file, set, options);
  const out = options.out ?? path.join('runs', `study-${plan.study}`);
  const jobs = options.jobs ?? availableParallelism();
  const first = plan.variants[0]!.config.seed;
  const seeds = Array.from({ length: options.seeds }, (_, i) => first + i);
  const share = await coreShare(file, set, jobs, options);
  const trainOf = (variant: string): string[] => [
    ...(file === undefined ? [] : [file]),
    ...(options.exec === false ? ['--no-exec'] : []),
    ...overridesFor(plan, variant, [...share, ...set]),
  ];
  const interrupt = listenForInterrupt(() =>
    printAside('\nthe running steps are finished, then saved; Ctrl-C again aborts at once'),
  );
  try {
    const pilots =
      options.dryRun && options.pilot ? await flyPilots(plan, trainOf, interrupt.signal) : new Map<string, Pilot>();
    const budget = await chooseBudget(options, plan, out, pilots, trainOf, interrupt.signal);
    const facts: PlanFacts = { plan, seeds, budget, jobs, out, pilots };
    if (options.dryRun) showPlan(facts, options);
    else {
      const { folder: configFolder } = await loadConfig({ ...engineOptions(options), file, set });
      await runStudy({ ...facts, configFolder }, trainOf, options, commandFor(file, options), interrupt.signal);
    }
  } catch (error) {
    if (error !== interrupt.signal.reason) throw error;
    process.exitCode = exitCodes.interrupted;
  } finally {
    interrupt.dispose();
  }
}

type TrainOf = (variant: string) => string[];

function overridesFor({ variants }: Plan, name: string, set: readonly string[]): string[] {
  const own = variants.find((variant) => variant.name === name)!.set;
  return [...set, ...own].flatMap((override) => ['--set', override]);
}

async function flyPilots(plan: Plan, trainOf: TrainOf, signal: AbortSignal): Promise<Map<string, Pilot>> {
  const pilots = new Map<string, Pilot>();
  for (const variant of plan.variants) pilots.set(variant.name, await flyPilot(variant, trainOf(variant.name), signal));
  return pilots;
}

/** What was asked for; else the study's that is gone on with; else as many tokens as the baseline's own budget buys. */
async function chooseBudget(
  { budget, dryRun, pilot }: AblateOptions,
  plan: Plan,
  out: string,
  pilots: ReadonlyMap<string, Pilot>,
  trainOf: TrainOf,
  signal: AbortSignal,
): Promise<StudyBudget> {
  const known = budget ?? readStudyFile(out)?.identity.budget;
  if (known) return known;
  const baseline = plan.variants[0]!;
  const own = baseline.config.budget;
  if (dryRun && !pilot) {
    return own.generatedTokens > 0
      ? { unit: 'tokens', amount: own.generatedTokens }
      : { unit: 'steps', amount: own.rolloutSteps };
  }
  const flown = pilots.get(baseline.name) ?? (await flyPilot(baseline, trainOf(baseline.name), signal));
  return { unit: 'tokens', amount: tokensBought(own, flown) };
}

function showPlan(facts: PlanFacts, { json }: AblateOptions): void {
  if (!json) return print(describePlan(facts));
  const { plan, seeds, budget, jobs, out, pilots } = facts;
  const variants = plan.variants.map(({ name, set, changes, step, config }) => {
    const pilot = pilots.get(name);
    const seconds = pilot && estimateSeconds(budget, pilot, config.evaluation.every);
    return { name, set, changes, step, pilot, secondsPerRun: seconds };
  });
  const reach = reachOf(seeds.length, plan.comparisons.length);
  printJson({
    study: plan.study,
    variants,
    comparisons: plan.comparisons,
    seeds,
    budget,
    jobs,
    out,
    seconds: studySeconds(facts),
    reach,
  });
}

async function runStudy(
  { plan, seeds, budget, jobs, out, configFolder }: PlanFacts & { readonly configFolder: string },
  trainOf: TrainOf,
  { json, exec }: AblateOptions,
  command: string,
  signal: AbortSignal,
): Promise<void> {
  const identity = identityOf(plan, budget);
  const before = readStudyFile(out);
  if (before) requireSameStudy(out, before.identity, identity);
  const unlock = await lockStudy(out);
  try {
    const runs = runsOf(plan, seeds, budget, out, trainOf);
    await requireUnchanged(runs, { exec });
    const write = (outcome: Outcome = {}): Promise<void> => writeStudy(out, { identity, plan, command }, outcome);
    if (!before) await write();
    const view = new StudyView(runs, budget, json === true);
    await shareRuns(runs, { out, identity, configFolder, exec: { exec }, onProgress: view.follow });
    const executed = await executeRuns(runs, { jobs, signal, onProgress: view.follow }).finally(() => view.close());
    const source = await judgeStudy(out, before, executed, write);
    // Imported here: the pictures bring a plotting library, which a plan or a mistake in it needn't wait for.
    const { writeReport } = await import('../report/write-report.js');
    await writeReport(out, [source]);
    conclude(out, { ...source.facts, live: livenessByVariant(variantFacts(source, {})) }, view, json === true);
    tellOpen(executed, command, view);
    if (executed.some(({ state }) => state === 'failed')) process.exitCode = exitCodes.failed;
    if (signal.aborted) process.exitCode = exitCodes.interrupted;
  } finally {
    await unlock();
  }
}

/** Judges all runs that lie in the folder, as its report does: those of seeds that were not asked for this time, too. */
async function judgeStudy(
  out: string,
  before: StudyFile | undefined,
  executed: readonly ExecutedRun[],
  write: (outcome: Outcome) => Promise<void>,
): Promise<ReportSource> {
  const earlier = before?.looks ?? looksWith([], before?.verdicts ?? []);
  const others = (before?.runs ?? []).filter(
    ({ variant, seed }) => !executed.some((run) => run.variant === variant && run.seed === seed),
  );
  // A run's folder doesn't tell that it failed: it is read from here.
  await write({ runs: [...others, ...executed], looks: earlier });
  const [source] = await readSources([out]);
  const facts = { ...source!.facts, looks: looksWith(earlier, source!.facts.verdicts) };
  await write(facts);
  return { ...source!, facts };
}

/** All variants of a seed before the next seed: a study that is broken off has whole pairs. */
function runsOf(plan: Plan, seeds: readonly number[], budget: StudyBudget, out: string, trainOf: TrainOf): StudyRun[] {
  const bounds = budgetOverrides(budget).flatMap((override) => ['--set', override]);
  return seeds.flatMap((seed) =>
    plan.variants.map(({ name, folder }) => ({
      variant: name,
      seed,
      folder: path.join(out, 'runs', folder, `seed-${seed}`),
      train: [...trainOf(name), ...bounds],
    })),
  );
}

type Outcome = Pick<StudyFile, 'runs' | 'verdicts' | 'looks'>;

/** The plan alone before the first run, so that the same command goes on from whatever happens next; all of it at the end. */
async function writeStudy(
  out: string,
  { identity, plan, command }: { readonly identity: StudyIdentity; readonly plan: Plan; readonly command: string },
  { runs, verdicts, looks }: Outcome,
): Promise<void> {
  const content = {
    format: 1,
    command,
    variants: plan.variants.map(({ name, set, changes, step }) => ({ name, set, changes, step })),
    comparisons: plan.comparisons,
    runs: runs?.map(({ variant, seed, folder, state, result, failure }) => ({
      variant,
      seed,
      folder,
      state,
      result,
      failure,
    })),
    verdicts,
    looks,
    identity,
  };
  await writeStudyFile(out, 'study.json', `${JSON.stringify(content, null, 2)}\n`);
}

function conclude(out: string, facts: StudyFacts, view: StudyView, json: boolean): void {
  if (json) return print(JSON.stringify({ kind: 'study', out, verdicts: facts.verdicts, notes: studyNotes(facts) }));
  for (const { title, head, rows } of studyTables(facts)) {
    view.say(
      `\n${title}\n${table(rows, { head, indent: 2, align: head.map((_, i) => (i === 0 ? 'left' : 'right')) })}`,
    );
  }
  view.say(
    `\n${studyNotes(facts).join('\n')}\n\n${path.join(out, 'report.html')} shows all of it; report.md, the CSV files and study.json beside it hold the same.`,
  );
}

function tellOpen(executed: readonly ExecutedRun[], command: string, view: StudyView): void {
  const open = executed.filter(({ state }) => state === 'unfinished' || state === 'not begun').length;
  if (open > 0) view.say(`${open} runs are not done; the same command goes on: ${command}`);
}

function commandFor(file: string | undefined, options: AblateOptions): string {
  const { study, seeds, budget, out, set = [], grid = {}, backend } = options;
  return commandLine(
    'ablate',
    ...(file === undefined ? [] : [file]),
    ...['--study', study, '--seeds', String(seeds)],
    ...(budget ? ['--budget', `${budget.unit}=${budget.amount}`] : []),
    ...(out === undefined ? [] : ['--out', out]),
    ...Object.entries(grid).flatMap(([place, values]) => ['--grid', `${place}=${JSON.stringify(values)}`]),
    ...set.flatMap((override) => ['--set', override]),
    ...(backend === undefined ? [] : ['--backend', backend]),
    ...(options.exec === false ? ['--no-exec'] : []),
  );
}
