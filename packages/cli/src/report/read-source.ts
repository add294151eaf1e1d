import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z, type RunManifest } from '@dapo/core';
import { diffConfigs } from '../ablation/config-diff.js';
import type { ExecutedRun } from '../ablation/execute.js';
import { folderName, type Comparison } from '../ablation/plan.js';
import { readRunResult } from '../ablation/run-result.js';
import { scoresOf, type ReportedPlan } from '../ablation/study-report.js';
import { judge } from '../ablation/verdict.js';
import { findRun } from '../run-folder.js';
import { readRunHistory } from '../run-history.js';
import { studyNotReportable } from './report-errors.js';
import type { ReportRun, ReportSource } from './source.js';

/** Where there was nothing, JSON has left the key out. */
const change = z.object({ path: z.string(), from: z.unknown().optional(), to: z.unknown().optional() });
const studyFile = z.object({
  command: z.string().optional(),
  variants: z.array(z.object({ name: z.string(), changes: z.array(change), step: z.array(change).optional() })).min(1),
  comparisons: z
    .array(z.object({ variant: z.string(), against: z.string(), kind: z.enum(['baseline', 'step']) }))
    .min(1),
  runs: z
    .array(z.object({ variant: z.string(), seed: z.number(), state: z.string(), failure: z.string().optional() }))
    .optional(),
  looks: z.array(z.number()).optional(),
  identity: z.object({
    study: z.string(),
    budget: z.object({
      unit: z.enum(['tokens', 'steps', 'updates', 'prompts', 'minutes']),
      amount: z.number(),
    }),
  }),
});
type StudyFile = z.output<typeof studyFile>;

/**
 * The studies among some folders, and the runs among them together as one source.
 *
 * @throws CommandError where a folder holds neither
 */
export async function readSources(folders: readonly string[]): Promise<ReportSource[]> {
  const isStudy = (folder: string): boolean => existsSync(path.join(folder, 'study.json'));
  const studies = await Promise.all(folders.filter(isStudy).map(readStudy));
  const runs = folders.filter((folder) => !isStudy(folder));
  return runs.length === 0 ? studies : [...studies, await readRuns(runs)];
}

async function readStudy(folder: string): Promise<ReportSource> {
  const study = parseStudy(folder);
  const { variants, comparisons, identity, command, looks } = study;
  const places = variants.flatMap(({ name }) =>
    seedFolders(folder, name, study).map((place) => ({ ...place, variant: name })),
  );
  const runs = await Promise.all(places.map((place) => readStudyRun(place, study)));
  const plan = { study: identity.study, variants, comparisons } as ReportedPlan;
  const verdicts = judge(plan.comparisons, scoresOf(runs));
  return { kind: 'study', folder, command, facts: { plan, budget: identity.budget, runs, verdicts, looks } };
}

function parseStudy(folder: string): StudyFile {
  const content = JSON.parse(readFileSync(path.join(folder, 'study.json'), 'utf8')) as Record<string, unknown>;
  const parsed = studyFile.safeParse({ comparisons: content['verdicts'], ...content });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw studyNotReportable(folder, issue ? `${issue.path.join('.')}: ${issue.message}` : 'it is no study');
  }
  return parsed.data;
}

interface SeedFolder {
  readonly folder: string;
  readonly seed: number;
}

/** Those that are there, and those of runs that failed before they had one. */
function seedFolders(study: string, variant: string, { runs = [] }: StudyFile): SeedFolder[] {
  const above = path.join(study, 'runs', folderName(variant));
  const names = existsSync(above) ? readdirSync(above) : [];
  const there = names.flatMap((name) => /^seed-(\d+)$/.exec(name)?.[1] ?? []).map(Number);
  const failed = runs.filter((run) => run.variant === variant && run.state === 'failed').map(({ seed }) => seed);
  return [...new Set([...there, ...failed])]
    .sort((a, b) => a - b)
    .map((seed) => ({ folder: path.join(above, `seed-${seed}`), seed }));
}

async function readStudyRun(
  { folder, seed, variant }: SeedFolder & { readonly variant: string },
  { runs = [] }: StudyFile,
): Promise<ExecutedRun & ReportRun> {
  const told = runs.find((run) => run.variant === variant && run.seed === seed);
  const read = await readRun(folder, variant);
  const failed = told?.state === 'failed' && (read.state === 'unfinished' || read.state === 'not begun');
  return { ...read, seed, ...(failed && { state: 'failed' as const, failure: told.failure }) };
}

async function readRun(folder: string, variant: string): Promise<ExecutedRun & ReportRun> {
  const file = path.join(folder, 'manifest.json');
  const manifest = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RunManifest) : undefined;
  const [result, history] = await Promise.all([readRunResult(folder), readRunHistory(folder)]);
  const state = result?.state ?? 'not begun';
  return { variant, seed: manifest?.seed ?? 0, folder, train: [], state, result, history, manifest };
}

/** Runs whose configs differ in nothing but the seed are one variant. The first one is what the others are compared with. */
async function readRuns(folders: readonly string[]): Promise<ReportSource> {
  const read = await Promise.all(
    folders.map((folder) => readRun(findRun(folder).run, path.basename(path.resolve(folder)))),
  );
  const variants: { readonly name: string; readonly config: Record<string, unknown> }[] = [];
  const runs = read.map((run) => {
    const config = Object.fromEntries(Object.entries(run.manifest!.config).filter(([key]) => key !== 'seed'));
    const same = variants.find((variant) => diffConfigs(variant.config, config).length === 0);
    if (!same) variants.push({ name: nameFor(run.variant, variants), config });
    return { ...run, variant: (same ?? variants.at(-1)!).name };
  });
  const baseline = variants[0]!;
  const comparisons: Comparison[] = variants
    .slice(1)
    .map(({ name }) => ({ variant: name, against: baseline.name, kind: 'baseline' }));
  const changes = variants.map(({ name, config }) => ({
    name,
    changes: diffConfigs(baseline.config, config),
  }));
  const plan: ReportedPlan = { study: 'runs', variants: changes, comparisons };
  return {
    kind: 'runs',
    folder: folders[0]!,
    facts: { plan, runs, verdicts: judge(comparisons, scoresOf(runs)) },
  };
}

function nameFor(name: string, taken: readonly { readonly name: string }[]): string {
  const others = taken.filter((variant) => variant.name === name || variant.name.startsWith(`${name} (`)).length;
  return others === 0 ? name : `${name} (${others + 1})`;
}
