import { counts } from '../ablation/study-report.js';
import { firstStepAtOrAbove } from '../statistics/learning-curve.js';
import type { ReportSource } from './source.js';
import { thresholdOf, type FactOptions } from './variant-facts.js';

type Cell = string | number | undefined;

/** A line a run: its score and costs. */
export function runsCsv(sources: readonly ReportSource[], options: FactOptions): string {
  const head = [
    'study',
    'variant',
    'seed',
    'state',
    'counts',
    'score',
    'speed',
    'steps',
    'tokens',
    'seconds',
    'memory_mib',
    'money',
    'threshold',
    'steps_to_threshold',
    'tokens_to_threshold',
    'folder',
  ];
  const rows = sources.flatMap((source) => {
    const threshold = thresholdOf(source, options);
    return source.facts.runs.map((run): Cell[] => {
      const { variant, seed, state, result, folder } = run;
      const evaluations = result?.evaluations ?? [];
      const step = threshold === undefined ? undefined : firstStepAtOrAbove(evaluations, threshold);
      const money = result && (result.money || ((options.pricePerHour ?? 0) * result.seconds) / 3600);
      return [
        source.facts.plan.study,
        variant,
        seed,
        state,
        counts(run) ? 1 : 0,
        result?.score,
        result?.speed,
        result?.steps,
        result?.tokens,
        result?.seconds,
        result?.memory,
        money,
        threshold,
        step,
        evaluations.find((evaluation) => evaluation.step === step)?.tokens,
        folder,
      ];
    });
  });
  return csv(head, rows);
}

/** A line a comparison. */
export function differencesCsv(sources: readonly ReportSource[]): string {
  const head = [
    'study',
    'variant',
    'against',
    'kind',
    'seeds',
    'difference',
    'low',
    'high',
    'p',
    'p_holm',
    'p_sign_flip',
    'p_sign_flip_holm',
    'smallest_difference',
    'claim',
  ];
  const rows = sources.flatMap(({ facts }) =>
    facts.verdicts.map((v): Cell[] => [
      facts.plan.study,
      v.variant,
      v.against,
      v.kind,
      v.seeds.length,
      v.mean,
      v.interval.low,
      v.interval.high,
      v.p,
      v.holmP,
      v.signFlipP,
      v.signFlipHolmP,
      v.smallestDifference.corrected,
      v.claim,
    ]),
  );
  return csv(head, rows);
}

/** A line an evaluation. */
export function curvesCsv(sources: readonly ReportSource[]): string {
  const rows = sources.flatMap(({ facts }) =>
    facts.runs.flatMap(({ variant, seed, result }) =>
      (result?.evaluations ?? []).map(({ step, tokens, value }): Cell[] => [
        facts.plan.study,
        variant,
        seed,
        step,
        tokens,
        value,
      ]),
    ),
  );
  return csv(['study', 'variant', 'seed', 'step', 'tokens', 'accuracy'], rows);
}

/** RFC 4180; what there is no number for is an empty field. */
function csv(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [head, ...rows].map((row) => row.map(field).join(',')).join('\r\n') + '\r\n';
}

function field(value: Cell): string {
  if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) return '';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
