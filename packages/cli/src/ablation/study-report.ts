import { count, duration, percent, points } from '../render/format.js';
import { tInterval, mean } from '../statistics/summary.js';
import type { StudyBudget } from './budget.js';
import type { ExecutedRun } from './execute.js';
import type { Liveness } from './liveness.js';
import { budgetText, claimLines } from './plan-report.js';
import type { Comparison, PlannedVariant } from './plan.js';
import { SCORE_IS_READ } from './final-score.js';
import type { RunResult } from './run-result.js';
import { isEnough, mostPairs, type Scores, type Verdict } from './verdict.js';

/** What a report needs to know of a plan; a `Plan` is one. */
export interface ReportedPlan {
  readonly study: string;
  /** The first is the baseline. */
  readonly variants: readonly Pick<PlannedVariant, 'name' | 'changes' | 'step'>[];
  readonly comparisons: readonly Comparison[];
}

export interface StudyFacts {
  readonly plan: ReportedPlan;
  /** Absent where each run went by its own config. */
  readonly budget?: StudyBudget;
  readonly runs: readonly ExecutedRun[];
  readonly verdicts: readonly Verdict[];
  /** By variant: whether what it changes has acted; told beside its gain. */
  readonly live?: ReadonlyMap<string, Liveness>;
  /** Numbers of seeds at which claims were made of this study, by rising number, the present one among them. */
  readonly looks?: readonly number[];
}

export interface Rows {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The tables of a study: what each variant reached and cost, and what can be said about the differences. */
export function studyTables(facts: StudyFacts): Rows[] {
  const { plan, runs, verdicts, live } = facts;
  if (!isEnough(mostPairs(verdicts))) return [scoreTable(facts), singleRuns(facts, seedsOf(runs))];
  const withBaseline = verdicts.filter(({ kind }) => kind === 'baseline');
  const withStep = verdicts.filter(({ kind }) => kind === 'step');
  const tables = [
    scoreTable(facts),
    verdictTable(`Difference to the baseline, ${plan.variants[0]!.name}`, withBaseline, false, live),
  ];
  return withStep.length > 0
    ? [...tables, verdictTable('Difference to the step before', withStep, true, live)]
    : tables;
}

/** What a reader must know beside the tables: how it was computed, what it can't show, and what went wrong. */
export function studyNotes({ plan, budget, runs, verdicts, looks = [] }: StudyFacts): string[] {
  const seeds = seedsOf(runs);
  const most = mostPairs(verdicts);
  const counted = runs.filter(counts).length;
  const notes = [
    `${counted} of ${runs.length} runs have a score; ${budget ? `${budgetText(budget)} each; ` : ''}seeds ${seeds.join(', ')}.`,
    `Score: held-out accuracy ${SCORE_IS_READ}, a mean, between evaluations by a straight line; never the best one. Speed: mean accuracy over generated tokens.`,
    ...(verdicts.length > 0 ? claimLines(most, plan.comparisons.length) : []),
  ];
  if (isEnough(most)) {
    notes.push(
      'Differences in points, paired by seed, with 95 % paired t intervals (not corrected). Claims rest on p (Holm) ≤ 0.05.',
      'Smallest: what the study could have shown at 80 % power after correction, given how much its differences vary.',
    );
  }
  if (looks.length > 1) notes.push(looksNote(looks));
  const incomplete = verdicts.filter((verdict) => verdict.seeds.length < seeds.length);
  for (const { variant, against, seeds: pairs } of incomplete) {
    notes.push(`«${variant}» and «${against}» share ${pairs.length} of ${seeds.length} seeds.`);
  }
  return [...notes, ...runs.flatMap(oddity)];
}

/** @example looksNote([8, 10, 12]) → 'p is not corrected for having looked before, at 8 and 10 seeds: …' */
function looksNote(looks: readonly number[]): string {
  return `p is not corrected for having looked before, at ${looks.slice(0, -1).join(' and ')} seeds: claims after a look count for less; fix the number of seeds beforehand.`;
}

function oddity(run: ExecutedRun): string[] {
  const { variant, seed, state, result, failure } = run;
  const name = `${variant}, seed ${seed}`;
  if (state === 'finished')
    return result?.score === undefined ? [`${name}: has no evaluation after its first step.`] : [];
  if (state === 'guard')
    return [
      `${name}: ended by a guard after ${result?.steps ?? 0} steps: ${result?.message ?? 'no reason given'}. ${counts(run) ? 'Its score counts.' : 'It has no score and is not counted.'}`,
    ];
  if (state === 'failed')
    return [`${name}: failed twice after ${result?.steps ?? 0} steps and is not counted: ${firstLine(failure)}`];
  return [`${name}: ${state}, not counted.`];
}

function firstLine(text = ''): string {
  const lines = text.split('\n');
  return lines.find((line) => line.startsWith('error:')) ?? lines.at(-1) ?? '';
}

export function seedsOf(runs: readonly ExecutedRun[]): number[] {
  return [...new Set(runs.map(({ seed }) => seed))].sort((a, b) => a - b);
}

/** Runs that count: those that came to an end, and have been measured. */
export function counts({ state, result }: ExecutedRun): boolean {
  return (state === 'finished' || state === 'guard') && result?.score !== undefined;
}

/** Variant → seed → final score, of the runs that count. */
export function scoresOf(runs: readonly ExecutedRun[]): Scores {
  const scores = new Map<string, Map<number, number>>();
  for (const run of runs.filter(counts)) {
    const ofVariant = scores.get(run.variant) ?? new Map<number, number>();
    scores.set(run.variant, ofVariant.set(run.seed, run.result!.score!));
  }
  return scores;
}

function scoreTable({ plan, runs }: StudyFacts): Rows {
  const priced = runs.some(({ result }) => (result?.money ?? 0) > 0);
  const weighed = runs.some(({ result }) => result?.memory !== undefined);
  const more = (priced ? 1 : 0) + (weighed ? 1 : 0);
  const rows = plan.variants.map(({ name }) => {
    const own = runs.filter((run) => run.variant === name && counts(run)).map(({ result }) => result!);
    const scores = own.map(({ score }) => score!);
    const average = (pick: (result: (typeof own)[number]) => number): number => mean(own.map(pick));
    if (own.length === 0) return [name, '0', ...Array.from({ length: 6 + more }, () => '–')];
    const { low, high } = tInterval(scores);
    return [
      name,
      String(own.length),
      percent(mean(scores)),
      isEnough(own.length) ? `${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)}` : '–',
      percent(average(({ speed }) => speed ?? NaN)),
      average(({ steps }) => steps).toFixed(1),
      count(average(({ tokens }) => tokens)),
      duration(average(({ seconds }) => seconds)),
      ...(weighed ? [memoryOf(own)] : []),
      ...(priced ? [average(({ money }) => money).toFixed(2)] : []),
    ];
  });
  const head = [
    'variant',
    'runs',
    'score',
    '95 % interval',
    'speed',
    'steps',
    'tokens',
    'time',
    ...(weighed ? ['memory'] : []),
    ...(priced ? ['money'] : []),
  ];
  return { title: 'Scores and costs, means over seeds', head, rows };
}

/** The largest of the runs: what a machine must have. */
function memoryOf(results: readonly RunResult[]): string {
  const known = results.flatMap(({ memory }) => (memory === undefined ? [] : [memory]));
  return known.length === 0 ? '–' : `${count(Math.max(...known))} MiB`;
}

function singleRuns({ plan, runs }: StudyFacts, seeds: readonly number[]): Rows {
  const rows = plan.variants.map(({ name }) => [
    name,
    ...seeds.map((seed) => {
      const run = runs.find((candidate) => candidate.variant === name && candidate.seed === seed);
      return run && counts(run) ? percent(run.result!.score!) : (run?.state ?? '–');
    }),
  ]);
  return { title: 'Single runs', head: ['variant', ...seeds.map((seed) => `seed ${seed}`)], rows };
}

const words = {
  better: 'better',
  worse: 'worse',
  'none shown': 'no difference shown',
  'too few seeds': 'too few seeds',
};

function verdictTable(title: string, verdicts: readonly Verdict[], names: boolean, live?: StudyFacts['live']): Rows {
  const rows = verdicts.map(({ variant, against, mean: difference, interval, holmP, signFlipHolmP, ...rest }) => [
    names ? `${variant} (after ${against})` : variant,
    points(difference),
    `${points(interval.low)} to ${points(interval.high)}`,
    probability(holmP),
    probability(signFlipHolmP),
    (100 * rest.smallestDifference.corrected).toFixed(1),
    words[rest.claim],
    ...(live ? [acting(live.get(variant))] : []),
  ]);
  return {
    title,
    head: [
      'variant',
      'points',
      '95 % interval',
      'p (Holm)',
      'sign-flip p (Holm)',
      'smallest',
      'verdict',
      ...(live ? ['acts in'] : []),
    ],
    rows,
  };
}

/** @example acting({ metric: 'loss/clip-fraction', share: 0.31, mean: 0.002 }) → '31.0 % of steps' */
export function acting(live: Liveness | undefined): string {
  return live ? `${percent(live.share)} of steps` : '–';
}

function probability(p: number): string {
  if (Number.isNaN(p)) return '–';
  return p < 0.0001 ? '< 0.0001' : p.toPrecision(2);
}
