import { counts } from '../ablation/study-report.js';
import { percent } from '../render/format.js';
import { performanceProfile, probabilityOfImprovement, summariseTasks, type TaskScores } from '../statistics/tasks.js';
import type { Block } from './document.js';
import { runsOf, type ReportSource } from './source.js';

/** Seeds from which on rliable's aggregates are given. */
const MIN_SEEDS = 4;
const THRESHOLDS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** Several studies of the same variants are several tasks: what holds over all of them. */
export function taskBlocks(sources: readonly ReportSource[]): Block[] {
  const studies = sources.filter(({ kind }) => kind === 'study');
  if (studies.length < 2) return [];
  const names = studies.map(({ facts }) => facts.plan.variants.map(({ name }) => name));
  const common = names[0]!.filter((name) => names.every((own) => own.includes(name)));
  const scores = new Map(common.flatMap((name) => entry(name, studies)));
  const baseline = scores.get(common[0] ?? '');
  if (!baseline || scores.size < 2) return [];
  const seeds = baseline.length;
  if (seeds < MIN_SEEDS)
    return [
      {
        kind: 'text',
        text: `Over ${studies.length} tasks nothing is summed up: that takes ${MIN_SEEDS} seeds or more of each variant, and ${seeds} are common to all.`,
      },
    ];
  const rows = [...scores].map(([name, own]) => {
    const summary = summariseTasks(own);
    const wins = own === baseline ? '–' : percent(probabilityOfImprovement(baseline, own));
    return [
      name,
      percent(summary.interquartileMean),
      percent(summary.mean),
      percent(summary.median),
      percent(summary.optimalityGap),
      wins,
    ];
  });
  const profile = [...scores].map(([name, own]) => [name, ...performanceProfile(own, THRESHOLDS).map(percent)]);
  return [
    { kind: 'heading', level: 2, text: `Over ${studies.length} tasks` },
    {
      kind: 'text',
      text: `Each study is a task; ${seeds} seeds of each variant on each of them, by rliable's definitions (arXiv 2108.13264). The interquartile mean leaves out the best and the worst quarter of all runs. The probability of improvement is that of a random run against a random run of «${common[0]!}».`,
    },
    {
      kind: 'table',
      head: ['variant', 'interquartile mean', 'mean', 'median', 'optimality gap', 'probability of improvement'],
      rows,
    },
    {
      kind: 'table',
      title: 'Performance profile: share of all runs that score above',
      head: ['variant', ...THRESHOLDS.map(percent)],
      rows: profile,
    },
  ];
}

/** [seeds][tasks] of the seeds that every variant of every task has. */
function entry(name: string, studies: readonly ReportSource[]): [string, TaskScores][] {
  const perTask = studies.map(
    (study) =>
      new Map(
        runsOf(study, name)
          .filter(counts)
          .map(({ seed, result }) => [seed, result!.score!]),
      ),
  );
  const seeds = commonSeeds(studies).filter((seed) => perTask.every((own) => own.has(seed)));
  return seeds.length === 0 ? [] : [[name, seeds.map((seed) => perTask.map((own) => own.get(seed)!))]];
}

function commonSeeds(studies: readonly ReportSource[]): number[] {
  const perVariant = studies.flatMap((study) =>
    study.facts.plan.variants.map(({ name }) =>
      runsOf(study, name)
        .filter(counts)
        .map(({ seed }) => seed),
    ),
  );
  return (perVariant[0] ?? []).filter((seed) => perVariant.every((own) => own.includes(seed)));
}
