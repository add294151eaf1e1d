import { table } from '../render/table.js';
import type { Colours } from '../terminal.js';
import { ratioRows } from './ratio-rows.js';
import type { BackendFigures, BenchmarkReport, GradientFigures, GrowthFigures, StepFigures } from './report.js';
import { failed } from './run-task.js';
import { spinLines } from './spin.js';
import type { Spread } from './spread.js';

type Row = readonly string[];

const both = ({ median, best }: Spread, show: (value: number) => string): string => `${show(median)} (${show(best)})`;
const tenths = (value: number): string => value.toFixed(1);
const seconds = (value: number): string => value.toFixed(value < 10 ? 2 : 1);
const milliseconds = (value: number): string => (1000 * value).toFixed(value < 0.1 ? 1 : 0);
const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
const place = ({ node, backend }: { readonly node: string; readonly backend: string }): Row => [backend, node.slice(1)];

/** Everything that was measured, as tables: median, and in brackets the best. */
export function renderBenchmark(report: BenchmarkReport, { bold, dim, yellow }: Colours): string {
  const section = (title: string, head: Row, rows: readonly Row[], left: number): string[] =>
    rows.length === 0
      ? []
      : ['', bold(title), table(rows, { head, indent: 2, align: head.map((_, i) => (i < left ? 'left' : 'right')) })];
  const steps = [
    ...report.steps.map(stepRow),
    ...(report.baseline ?? []).map((figures) => [
      figures.config,
      figures.program,
      '–',
      both(figures.update, milliseconds),
      both(figures.tokensPerSecond, whole),
      both(figures.step, seconds),
      whole(figures.peakRssMiB),
    ]),
  ];
  const configs = [...new Map(report.steps.map(({ config, what }) => [config, what]))];
  return [
    bold('Machine'),
    table(
      Object.entries({ ...report.machine, ...report.versions }).map(([key, value]) => [dim(key), String(value)]),
      { indent: 2 },
    ),
    ...spinLines(report.twoThreads).map((line) => yellow(line)),
    ...section(
      'Products, GFLOP/s, and µs of an operation',
      ['backend', 'node', ...shapesOf(report.backends), 'µs', 'peak RSS MiB', 'what computes'],
      report.backends.map((figures) => backendRow(figures, report.backends)),
      2,
    ),
    ...section(
      'Rollout steps, through the engine',
      ['config', 'backend', 'node', 'update ms', 'tokens/s', 'step s', 'peak RSS MiB'],
      steps.toSorted((a, b) => a[0]!.localeCompare(b[0]!)),
      3,
    ),
    ...configs.map(([config, what]) => dim(`  ${config}: ${what}`)),
    ...section(
      'Against the baseline, in turns',
      ['config', 'backend', 'node', 'update, time ×', 'tokens/s ×', 'whole step × faster'],
      ratioRows(report),
      3,
    ),
    ...section(
      'Growth',
      ['config', 'backend', 'node', 'along', 'at', 'update s', 'rollout s', 'step s', 'added MiB', 'exponents'],
      (report.growth ?? []).map(growthRow),
      5,
    ),
    ...section(
      'Large',
      ['what', 'backend', 'node', 'parameters', 'forward and backward s', 'peak RSS MiB'],
      (report.gradients ?? []).map(gradientRow),
      3,
    ),
    ...failures(report).map((line) => yellow(line)),
  ].join('\n');
}

function shapesOf(backends: readonly BackendFigures[]): string[] {
  return [...new Set(backends.flatMap((figures) => (failed(figures) ? [] : Object.keys(figures.products))))];
}

function backendRow(figures: BackendFigures, all: readonly BackendFigures[]): Row {
  if (failed(figures)) return [...place(figures), ...shapesOf(all).map(() => '–'), '–', '–', 'failed'];
  const { products, facts, microsecondsPerOperation, peakRssMiB } = figures;
  const computes = [facts['matMul'], facts['threads'] === undefined ? undefined : `threads ${facts['threads']}`].filter(
    Boolean,
  );
  return [
    ...place(figures),
    ...shapesOf(all).map((shape) => both(products[shape]!, tenths)),
    both(microsecondsPerOperation, tenths),
    whole(peakRssMiB),
    computes.join(', '),
  ];
}

function stepRow(figures: StepFigures): Row {
  const { config } = figures;
  if (failed(figures)) return [config, ...place(figures), 'failed', '–', '–', '–'];
  const { update, tokensPerSecond, step, peakRssMiB } = figures;
  return [
    config,
    ...place(figures),
    both(update, milliseconds),
    both(tokensPerSecond, whole),
    both(step, seconds),
    whole(peakRssMiB),
  ];
}

function growthRow(figures: GrowthFigures): Row {
  const { config, along } = figures;
  if (failed(figures)) return [config, ...place(figures), along, 'failed', '–', '–', '–', '–', '–'];
  const { points, exponents } = figures;
  const list = (of: (point: (typeof points)[number]) => number, show: (value: number) => string): string =>
    points.map((point) => show(of(point))).join(' · ');
  return [
    config,
    ...place(figures),
    along,
    list((point) => point.value, String),
    list((point) => point.updateSeconds, seconds),
    list((point) => point.rolloutSeconds, seconds),
    list((point) => point.stepSeconds, seconds),
    list((point) => point.usedMiB, whole),
    Object.entries(exponents)
      .map(([what, value]) => `${what} ${value.toFixed(2)}`)
      .join(', '),
  ];
}

function gradientRow(figures: GradientFigures): Row {
  if (failed(figures)) return [figures.what, ...place(figures), '–', 'failed', '–'];
  return [
    figures.what,
    ...place(figures),
    whole(figures.parameters),
    both(figures.pass, seconds),
    whole(figures.peakRssMiB),
  ];
}

/** What gave no figure, and why. */
function failures({ backends, steps, growth = [], gradients = [] }: BenchmarkReport): string[] {
  const named = [
    ...backends.map((figures) => ({ figures, what: 'products' })),
    ...steps.map((figures) => ({ figures, what: figures.config })),
    ...growth.map((figures) => ({ figures, what: `${figures.config} along ${figures.along}` })),
    ...gradients.map((figures) => ({ figures, what: figures.what })),
  ];
  const lines = named.flatMap(({ figures, what }) =>
    failed(figures) ? [`${what}, ${figures.backend} on Node ${figures.node}: ${figures.failure}`] : [],
  );
  return lines.length === 0 ? [] : ['', ...lines];
}
