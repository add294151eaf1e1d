import { expect, test } from 'vitest';
import type { ExecutedRun } from './execute.js';
import type { Plan } from './plan.js';
import { scoresOf, studyNotes, studyTables, type StudyFacts } from './study-report.js';
import { judge } from './verdict.js';

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
      const result = {
        state: 'finished' as const,
        steps: 10,
        evaluations: [],
        score,
        speed: 0.2,
        tokens: 1000,
        seconds: 5,
        money: 0,
      };
      runs.push({ variant, seed, folder: '', train: [], state: 'finished', result });
    }
  }
  runs[1] = { ...runs[1]!, ...changed };
  return { plan, budget: { unit: 'tokens', amount: 1000 }, runs, verdicts: judge(plan.comparisons, scoresOf(runs)) };
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

test('a run that a guard ended counts with its score, and one without is told not to', () => {
  const [, { result }] = facts(8).runs as [ExecutedRun, ExecutedRun];
  const ended = (score?: number): string[] =>
    studyNotes(facts(8, { state: 'guard', result: { ...result!, state: 'guard', steps: 2, message: 'NaN', score } }));
  expect(ended(0.4)).toContain('+ clip, seed 1: ended by a guard after 2 steps: NaN. Its score counts.');
  expect(ended()).toContain('+ clip, seed 1: ended by a guard after 2 steps: NaN. It has no score and is not counted.');
  expect(ended()[0]).toMatch(/^15 of 16 runs have a score/);
});

test('a failed run is not among those that have a score, though it was measured on its way', () => {
  expect(studyNotes(facts(8, { state: 'failed' }))[0]).toMatch(/^15 of 16 runs have a score/);
});

test('where too few pairs are left of seeds enough, the single runs are shown and no claim is made', () => {
  const { runs, ...study } = facts(8);
  const left = runs.map((run): ExecutedRun =>
    run.seed > 5 && run.variant === 'grpo' ? { ...run, state: 'failed' } : run,
  );
  const lost = { ...study, runs: left, verdicts: judge(plan.comparisons, scoresOf(left)) };
  expect(studyTables(lost).map(({ title }) => title)).toEqual(['Scores and costs, means over seeds', 'Single runs']);
  expect(studyNotes(lost).join('\n')).toContain('5 seeds: the single runs are shown and no claim is made');
});

test('who looked before is told that p is not corrected for it', () => {
  const noted = (looks: number[]): string => studyNotes({ ...facts(12), looks }).join('\n');
  expect(noted([12])).not.toContain('looked before');
  expect(noted([8, 12])).toContain(
    'p is not corrected for having looked before, at 8 seeds: claims after a look count for less; fix the number of seeds beforehand.',
  );
  expect(noted([8, 10, 12])).toContain('looked before, at 8 and 10 seeds:');
});

test('the p of the sign-flip test is corrected, as that beside it', () => {
  const study = facts(8);
  const twice = [...study.verdicts, ...study.verdicts].map(({ variant, against, kind }) => ({
    variant,
    against,
    kind,
  }));
  const [, differences] = studyTables({ ...study, verdicts: judge(twice, scoresOf(study.runs)) });
  expect(differences!.head[4]).toBe('sign-flip p (Holm)');
  // 2 · 2/2⁸
  expect(differences!.rows[0]![4]).toBe('0.016');
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
