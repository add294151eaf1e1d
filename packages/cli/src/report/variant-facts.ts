import { livenessOf, type Liveness } from '../ablation/liveness.js';
import { counts } from '../ablation/study-report.js';
import { defaultThreshold, reachedBy, type Reached } from '../ablation/thresholds.js';
import { mean } from '../statistics/summary.js';
import { runsOf, type ReportSource } from './source.js';

/** Means over the runs of a variant that count. */
export interface VariantFacts {
  readonly name: string;
  readonly runs: number;
  readonly score?: number;
  readonly tokens: number;
  readonly seconds: number;
  readonly money: number;
  /** MiB; the largest of the runs. */
  readonly memory?: number;
  /** Cost of each point gained since the first evaluation. */
  readonly tokensPerPoint: number;
  readonly secondsPerPoint: number;
  readonly moneyPerPoint: number;
  readonly live?: Liveness;
  readonly reached?: Reached;
}

export interface FactOptions {
  /** Held-out accuracy; by default what the baseline ends at. */
  readonly threshold?: number;
  /** In the reader's currency; for runs that recorded no money. */
  readonly pricePerHour?: number;
}

export function thresholdOf(source: ReportSource, { threshold }: FactOptions): number | undefined {
  const baseline = runsOf(source, source.facts.plan.variants[0]!.name).filter(counts);
  return threshold ?? defaultThreshold(baseline.map(({ result }) => result!));
}

export function variantFacts(source: ReportSource, options: FactOptions): VariantFacts[] {
  const threshold = thresholdOf(source, options);
  const { variants } = source.facts.plan;
  return variants.map((variant, i) => {
    const runs = runsOf(source, variant.name).filter(counts);
    const results = runs.map(({ result }) => result!);
    const average = (pick: (result: (typeof results)[number]) => number): number =>
      results.length === 0 ? NaN : mean(results.map(pick));
    const money = average((result) => result.money || ((options.pricePerHour ?? 0) * result.seconds) / 3600);
    const gained =
      100 * average(({ score, evaluations }) => score! - (evaluations[0]?.step === 0 ? evaluations[0].value : NaN));
    const perPoint = (cost: number): number => (gained > 0 ? cost / gained : NaN);
    const memories = results.flatMap(({ memory }) => (memory === undefined ? [] : [memory]));
    const other = variant.step ? variants[i - 1] : variants[0];
    const histories = (name: string | undefined) =>
      name === undefined ? [] : runsOf(source, name).flatMap(({ history }) => (history ? [history] : []));
    return {
      name: variant.name,
      runs: runs.length,
      ...(results.length > 0 && { score: average(({ score }) => score!) }),
      tokens: average(({ tokens }) => tokens),
      seconds: average(({ seconds }) => seconds),
      money,
      ...(memories.length > 0 && { memory: Math.max(...memories) }),
      tokensPerPoint: perPoint(average(({ tokens }) => tokens)),
      secondsPerPoint: perPoint(average(({ seconds }) => seconds)),
      moneyPerPoint: perPoint(money),
      live: livenessOf(variant.step ?? variant.changes, histories(variant.name), histories(other?.name)),
      ...(threshold !== undefined && results.length > 0 && { reached: reachedBy(results, threshold) }),
    };
  });
}

export function livenessByVariant(variants: readonly VariantFacts[]): ReadonlyMap<string, Liveness> {
  return new Map(variants.flatMap(({ name, live }) => (live ? [[name, live] as const] : [])));
}
