import { expect, test } from 'vitest';
import type { ExecutedRun } from './execute.js';
import type { Plan } from './plan.js';
import { studyNotes, studyTables, type StudyFacts } from './study-report.js';
import { judge, type Scores } from './verdict.js';

const change = { path: 'loss.clip', from: 'clip', to: 'clip-higher' };
const plan = {
  study: 'ladder',
  variants: [
    { name: 'grpo', changes: [] },
    { name: '+ clip', changes: [change], step: [change] },
  ],
  comparisons: [{ variant: '+ clip', against: 'grpo', kind: 'baseline' }],
} as unknown as Plan;

/** The variant is 10 points better, give or take one. */
function facts(seeds: number, changed: Partial<ExecutedRun> = {}): StudyFacts {
  const runs: ExecutedRun[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const scores = { grpo: 0.3 + 0.01 * seed, '+ clip': 0.4 + 0.01 * seed + 0.01 * (seed % 2) };
    for (const [variant, score] of Object.entries(scores)) {
      const result = { state: 'finished' as const, steps: 10, evaluations: [], score, speed: 0.2, tokens: 1000, seconds: 5, money: 0 };
      runs.push({ variant, seed, folder: '', train: [], state: 'finished', result });
    }
  }
  runs[1] = { ...runs[1]!, ...changed };
  const scores: Scores = new Map(
    Object.keys({ grpo: 0, '+ clip': 0 }).map((name) => [
      name,
      new Map(runs.filter((run) => run.variant === name && run.state !== 'failed').map((run) => [run.seed, run.result!.score!])),
    ]),
  );
  return { plan, budget: { unit: 'tokens', amount: 1000 }, runs, verdicts: judge(plan.comparisons, scores) };
}

test('with seeds enough: gain, interval, p, the smallest difference, and what that allows to say', () => {
  const [scores, differences] = studyTables(facts(8));
  expect(scores!.rows[1]).toEqual(['+ clip', '8', '45.0 %', '43.0 to 47.0', '20.0 %', '10.0', '1,000', '5.0 s']);
  // Differences 11, 10, 11, 10, …: mean 10.5, sd 0.5345, t(7) 0.975 = 2.3646: ± 0.447.
  expect(differences!.rows).toEqual([['+ clip', '+10.5', '+10.1 to +10.9', '< 0.0001', '0.0078', '0.6', 'better']]);
});

test('with fewer than six seeds: the single runs and no claim', () => {
  const tables = studyTables(facts(3));
  expect(tables.map(({ title }) => title)).toEqual(['Scores and costs, means over seeds', 'Single runs']);
  expect(tables[1]!.rows[1]).toEqual(['+ clip', '42.0 %', '42.0 %', '44.0 %']);
  expect(tables[0]!.rows[1]![3]).toBe('–');
  expect(studyNotes(facts(3)).join('\n')).toContain('no claim is made; claims begin at 6 seeds');
});

test('a failed run is named with its reason, and the pairs that are left are counted', () => {
  const notes = studyNotes(facts(8, { state: 'failed', failure: 'warning: x\nerror: It broke. DAPO_X\n  do: y' }));
  expect(notes).toContain('+ clip, seed 1: failed twice after 10 steps and is not counted: error: It broke. DAPO_X');
  expect(notes).toContain('«+ clip» and «grpo» share 7 of 8 seeds.');
});

test('whether a technique acted stands beside its gain, and memory among the costs', () => {
  const study = facts(8);
  const live = new Map([['+ clip', { metric: 'loss/clip-fraction', share: 0.31, mean: 0.002 }]]);
  const weighed = study.runs.map((run, i) => ({ ...run, result: { ...run.result!, memory: 300 + i } }));
  const [scores, differences] = studyTables({ ...study, runs: weighed, live });
  expect(differences!.head.at(-1)).toBe('acts in');
  expect(differences!.rows[0]!.at(-1)).toBe('31.0 % of steps');
  expect(scores!.rows.map((row) => row.at(-1))).toEqual(['314 MiB', '315 MiB']);
});
