import { expect, test } from 'vitest';
import type { ExecutedRun } from '../ablation/execute.js';
import { scoresOf } from '../ablation/study-report.js';
import { judge } from '../ablation/verdict.js';
import { decisionBlocks, recommend } from './decision.js';
import type { ReportSource } from './source.js';
import { variantFacts } from './variant-facts.js';

/** Scores of the baseline vary from seed to seed; a variant has its gain on top, give or take half a point. */
function study(gains: Readonly<Record<string, number>>, seeds = 8): ReportSource {
  const names = ['base', ...Object.keys(gains)];
  const runs = names.flatMap((variant) =>
    Array.from({ length: seeds }, (_, i): ExecutedRun => {
      const score = 0.5 + 0.01 * i + (gains[variant] ?? 0) + (variant === 'base' ? 0 : 0.005 * (i % 2 === 0 ? 1 : -1));
      const evaluations = [
        { step: 0, value: 0.1, tokens: 0 },
        { step: 10, value: score, tokens: 5000 },
      ];
      const seconds = variant === 'base' ? 40 : 60;
      return {
        variant,
        seed: i + 1,
        folder: '',
        train: [],
        state: 'finished',
        result: { state: 'finished', steps: 10, evaluations, score, tokens: 5000, seconds, money: 0 },
      };
    }),
  );
  const comparisons = names.slice(1).map((variant) => ({ variant, against: 'base', kind: 'baseline' as const }));
  const plan = { study: 'test', variants: names.map((name) => ({ name, changes: [] })), comparisons };
  return {
    kind: 'study',
    folder: '',
    facts: {
      plan,
      budget: { unit: 'tokens', amount: 5000 },
      runs,
      verdicts: judge(comparisons, scoresOf(runs)),
    },
  };
}
const advice = (source: ReportSource): string => recommend(source, variantFacts(source, {}));

test('the best of those that were shown to be better is recommended, with gain, interval and what it costs', () => {
  expect(advice(study({ good: 0.1, better: 0.2, equal: 0 }))).toMatch(
    /^Take «better»: \+20\.0 points, 95 % interval \+19\.6 to \+20\.4, corrected p below 0\.001 over «base», for 1\.50 times its time\. Better than the baseline, too: «good»/,
  );
});

test('where none was, the baseline is kept, and what is worse is named', () => {
  expect(advice(study({ equal: 0, bad: -0.1 }))).toMatch(
    /^Keep «base»: no variant was shown to be better\. Worse than it: «bad» \(−10\.0 points/,
  );
});

test('fewer than six seeds recommend nothing, whatever they show', () => {
  expect(advice(study({ good: 0.3 }, 5))).toBe('No recommendation: 5 seeds can support no claim. Six or more could.');
});

test('of eight seeds of which three have no pair, five are spoken of', () => {
  const { facts, ...rest } = study({ good: 0.3 });
  const runs = facts.runs.map((run) =>
    run.seed > 5 && run.variant === 'base' ? { ...run, state: 'failed' as const } : run,
  );
  const source = { ...rest, facts: { ...facts, runs, verdicts: judge(facts.plan.comparisons, scoresOf(runs)) } };
  expect(advice(source)).toBe('No recommendation: 5 seeds can support no claim. Six or more could.');
  const limits = decisionBlocks(source, variantFacts(source, {})).at(-1) as unknown as { items: string[] };
  expect(limits.items).toContain('Any difference: the runs are shown, and no claim is made.');
});

test('the first half page: recommendation, what was tried, gain and cost a point, and what it does not show', () => {
  const source = study({ good: 0.1 });
  const [lead, tried, table, , limits] = decisionBlocks(source, variantFacts(source, {}));
  expect([lead!.kind, tried!.kind, table!.kind, limits!.kind]).toEqual(['lead', 'text', 'table', 'list']);
  expect(tried).toMatchObject({
    text: expect.stringContaining('2 variants × 8 seeds, 5,000 generated tokens each') as string,
  });
  // The baseline gains 53.5 − 10 = 43.5 points for 5,000 tokens and 40 seconds: 115 tokens and 0.92 s a point.
  expect(table).toMatchObject({
    rows: [
      ['base (baseline)', '53.5 %', '–', '–', '–', '115', '0.92', '–'],
      ['good', '63.5 %', '+10.0', '+9.6 to +10.4', 'better', '93', '1.12', '–'],
    ],
  });
  expect((limits as unknown as { items: string[] }).items.join('\n')).toMatch(
    /Differences below about 0\.\d points: fewer than 80 % of such studies would have found them\./,
  );
});
