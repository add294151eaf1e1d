import { describeChange } from '../ablation/config-diff.js';
import { LIVE_SHARE } from '../ablation/liveness.js';
import { budgetText } from '../ablation/plan-report.js';
import { acting, counts, seedsOf } from '../ablation/study-report.js';
import { isEnough, mostPairs, type Verdict } from '../ablation/verdict.js';
import { count, percent, points } from '../render/format.js';
import { median } from '../statistics/summary.js';
import type { Block } from './document.js';
import type { ReportSource } from './source.js';
import type { VariantFacts } from './variant-facts.js';

/** The first half page: for someone who decides and reads no further. */
export function decisionBlocks(source: ReportSource, variants: readonly VariantFacts[]): Block[] {
  return [
    { kind: 'lead', text: recommend(source, variants) },
    { kind: 'text', text: tried(source) },
    gainTable(source, variants),
    { kind: 'heading', level: 3, text: 'What this does not show' },
    { kind: 'list', items: limitsOf(source, variants) },
  ];
}

function tried({ kind, facts }: ReportSource): string {
  const { plan, budget, runs } = facts;
  const seeds = seedsOf(runs).length;
  const problems = runs.at(0)?.history?.series('evaluation/problems').at(-1)?.value;
  const measured = problems === undefined ? 'held-out accuracy' : `held-out accuracy on ${count(problems)} problems`;
  const what = kind === 'study' ? `Study «${plan.study}»` : 'Single runs';
  const each = budget ? `, ${budgetText(budget)} each` : '';
  return `${what}: ${some(plan.variants.length, 'variant')} × ${some(seeds, 'seed')}${each}; measured by ${measured}. The baseline is «${plan.variants[0]!.name}».`;
}

/** What the numbers allow to say, in words; never more than the corrected tests do. */
export function recommend({ facts }: ReportSource, variants: readonly VariantFacts[]): string {
  const { plan } = facts;
  const baseline = plan.variants[0]!.name;
  const verdicts = facts.verdicts.filter(({ kind }) => kind === 'baseline');
  if (verdicts.length === 0) return 'A single variant: there is nothing to recommend.';
  const pairs = mostPairs(verdicts);
  if (!isEnough(pairs)) {
    return `No recommendation: ${some(pairs, 'seed')} can support no claim. Six or more could.`;
  }
  const better = verdicts.filter(({ claim }) => claim === 'better').toSorted((a, b) => b.mean - a.mean);
  const worse = verdicts.filter(({ claim }) => claim === 'worse');
  const avoid =
    worse.length === 0
      ? ''
      : ` Worse than it: ${worse.map((verdict) => `«${verdict.variant}» (${gain(verdict)})`).join(', ')}.`;
  const best = better[0];
  if (!best) return `Keep «${baseline}»: no variant was shown to be better.${avoid}`;
  const others = better.slice(1).map(({ variant }) => `«${variant}»`);
  const beside =
    others.length === 0
      ? ''
      : ` Better than the baseline, too: ${others.join(', ')}; between those and it nothing was compared.`;
  const dearer = costRatio(variants, best.variant, baseline);
  return `Take «${best.variant}»: ${gain(best)} over «${baseline}»${dearer}.${beside}${avoid}`;
}

function gain({ mean: difference, interval, holmP }: Verdict): string {
  return `${points(difference)} points, 95 % interval ${points(interval.low)} to ${points(interval.high)}, corrected p ${holmP < 0.001 ? 'below 0.001' : holmP.toPrecision(2)}`;
}

function costRatio(variants: readonly VariantFacts[], name: string, baseline: string): string {
  const seconds = (of: string): number => variants.find((variant) => variant.name === of)?.seconds ?? NaN;
  const ratio = seconds(name) / seconds(baseline);
  return Number.isFinite(ratio) ? `, for ${ratio.toFixed(2)} times its time` : '';
}

const verdictWords = {
  better: 'better',
  worse: 'worse',
  'none shown': 'no difference shown',
  'too few seeds': 'no claim: too few seeds',
};

function gainTable(source: ReportSource, variants: readonly VariantFacts[]): Block {
  const priced = variants.some(({ money }) => money > 0);
  const rows = variants.map((variant, i) => {
    const verdict = source.facts.verdicts.find((other) => other.kind === 'baseline' && other.variant === variant.name);
    const claims = verdict && isEnough(verdict.seeds.length);
    return [
      i === 0 ? `${variant.name} (baseline)` : variant.name,
      number(variant.score, percent),
      number(verdict?.mean, points),
      claims ? `${points(verdict.interval.low)} to ${points(verdict.interval.high)}` : '–',
      i === 0 ? '–' : verdictWords[verdict?.claim ?? 'too few seeds'],
      number(variant.tokensPerPoint, count),
      number(variant.secondsPerPoint, (seconds) => seconds.toFixed(2)),
      ...(priced ? [number(variant.moneyPerPoint, (money) => money.toPrecision(2))] : []),
      acting(variant.live),
    ];
  });
  const head = [
    'variant',
    'score',
    'gain, points',
    '95 % interval',
    'verdict',
    'tokens a point',
    'seconds a point',
    ...(priced ? ['money a point'] : []),
    'acts in',
  ];
  return { kind: 'table', head, rows };
}

export function number(value: number | undefined, show: (value: number) => string): string {
  return value === undefined || !Number.isFinite(value) ? '–' : show(value);
}

function limitsOf({ facts }: ReportSource, variants: readonly VariantFacts[]): string[] {
  const smallest = facts.verdicts.map(({ smallestDifference }) => smallestDifference.corrected).filter(Number.isFinite);
  const idle = variants.filter(({ live }) => live && live.share < LIVE_SHARE).map(({ name }) => `«${name}»`);
  const lost = facts.runs.filter((run) => !counts(run)).length;
  return [
    'Another task, another model or a longer run: one base model, one set of problems and one budget were tried.',
    ...(isEnough(mostPairs(facts.verdicts)) && smallest.length > 0
      ? [
          `Differences below about ${(100 * median(smallest)).toFixed(1)} points: fewer than 80 % of such studies would have found them. «No difference shown» is not «no difference».`,
        ]
      : ['Any difference: the runs are shown, and no claim is made.']),
    ...(facts.plan.variants.some(({ step }) => step)
      ? ['What a step is worth elsewhere in the ladder: each was measured on top of those before it only.']
      : []),
    ...(idle.length > 0
      ? [`What ${idle.join(', ')} can do: it acted in less than ${100 * LIVE_SHARE} % of the steps.`]
      : []),
    ...(lost > 0 ? [`${lost} of ${facts.runs.length} runs do not count; «How to read it» names them.`] : []),
    'Time is that of the machine as it was: other work on it makes a run slower, not better or worse.',
  ];
}

/** Each variant's changes, as they stand in the config. */
export function differenceBlock({ facts }: ReportSource): Block {
  const rows = facts.plan.variants.map(({ name, changes, step }, i) => [
    name,
    i === 0 ? 'the baseline' : (step ?? changes).map(describeChange).join('; ') || 'nothing but the seed',
  ]);
  const ladder = facts.plan.variants.some(({ step }) => step);
  return {
    kind: 'table',
    head: ['variant', ladder ? 'what differs from the one before' : 'what differs from the baseline'],
    rows,
  };
}

function some(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
