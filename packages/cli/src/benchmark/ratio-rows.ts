import { ratioOf, type Ratio } from './ratio.js';
import type { BenchmarkReport } from './report.js';
import { failed } from './run-task.js';

/** Ratios of one configuration in one place to the baseline. */
export interface Ratios {
  readonly config: string;
  readonly backend: string;
  readonly node: string;
  /** Ours by theirs, of the time of an update: below 1 is faster. */
  readonly update: Ratio;
  /** Ours by theirs, of the generated tokens a second: above 1 is faster. */
  readonly tokensPerSecond: Ratio;
  /** Theirs by ours, of the time of a whole rollout step: how many times faster. */
  readonly step: Ratio;
}

/** Of every configuration that both sides have. */
export function ratiosOf({ steps, baseline = [] }: Pick<BenchmarkReport, 'steps' | 'baseline'>): Ratios[] {
  return steps.flatMap((ours) => {
    const theirs = baseline.find(({ config }) => config === ours.config);
    if (failed(ours) || !theirs) return [];
    return {
      config: ours.config,
      backend: ours.backend,
      node: ours.node,
      update: ratioOf(ours.update, theirs.update),
      tokensPerSecond: ratioOf(ours.tokensPerSecond, theirs.tokensPerSecond),
      step: ratioOf(theirs.step, ours.step),
    };
  });
}

export function ratioRows(report: Pick<BenchmarkReport, 'steps' | 'baseline'>): string[][] {
  const show = ({ median, best }: Ratio): string => `${median.toFixed(2)} (${best.toFixed(2)})`;
  return ratiosOf(report).map(({ config, backend, node, update, tokensPerSecond, step }) => [
    config,
    backend,
    node.slice(1),
    show(update),
    show(tokensPerSecond),
    show(step),
  ]);
}
