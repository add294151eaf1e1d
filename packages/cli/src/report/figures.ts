import * as Plot from '@observablehq/plot';
import { counts } from '../ablation/study-report.js';
import { plotSvg } from '../render/plot-svg.js';
import type { Point } from '../run-history.js';
import { mean, tInterval } from '../statistics/summary.js';
import { averageBySteps, averageOver, type AveragePoint } from './average-curve.js';
import type { Figure } from './document.js';
import { runsOf, type ReportRun, type ReportSource } from './source.js';

/** Told apart on white and on black, also by those who see red and green alike (after Tol). */
const colours = ['#7a8591', '#4477aa', '#228833', '#b8860b', '#cc5577', '#8a5fbf', '#2b9db3', '#c4622d'];
const LABEL = 26;

/** Variants differ at the beginning of their names, run folders at the end. */
const label = (name: string): string =>
  name.length > LABEL ? `${name.slice(0, LABEL / 2 - 1)}…${name.slice(-LABEL / 2)}` : name;
export const colourOf = (place: number): string => colours[place % colours.length]!;

/** Names take room only once: text of the figures is in the colour of the page. */
function draw(options: Parameters<typeof plotSvg>[0]): string {
  return plotSvg(options)
    .replace(/<style>[^]*?<\/style>/, '')
    .replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ');
}

/** Final score of each variant as a bar from where the runs began, with interval and single seeds. */
export function scoreFigure(source: ReportSource): Figure {
  const { plan } = source.facts;
  const rows = plan.variants.map(({ name }, i) => {
    const scores = runsOf(source, name)
      .filter(counts)
      .map(({ result }) => result!.score!);
    const { low, high } = scores.length > 1 ? tInterval(scores) : { low: NaN, high: NaN };
    return { name, i, scores, mean: scores.length === 0 ? NaN : mean(scores), low, high };
  });
  const start = startOf(source);
  const scored = rows.filter((row) => row.scores.length > 0);
  const seeds = rows.flatMap((row) => row.scores.map((score) => ({ name: row.name, score })));
  const svg = draw({
    width: 600,
    height: 64 + 38 * rows.length,
    marginLeft: Math.max(168, 16 + 7.5 * Math.max(...rows.map(({ name }) => label(name).length))),
    marginBottom: 40,
    marginRight: 56,
    marginTop: 8,
    x: { label: 'held-out accuracy', tickFormat: '~%', grid: true, nice: true, ticks: 6 },
    y: { domain: rows.map(({ name }) => name), label: null, padding: 0.35 },
    marks: [
      Plot.axisY({ tickSize: 0, fontSize: 13, label: null, tickFormat: label }),
      Plot.barX(scored, {
        y: 'name',
        x1: start,
        x2: 'mean',
        fill: (row: { i: number }) => colourOf(row.i),
        fillOpacity: 0.45,
      }),
      Plot.ruleX([start], { strokeDasharray: '3 3', strokeOpacity: 0.7 }),
      Plot.dot(seeds, { y: 'name', x: 'score', dy: 7, r: 2.5, fill: 'currentColor', fillOpacity: 0.6 }),
      Plot.ruleY(
        scored.filter(({ low }) => Number.isFinite(low)),
        { y: 'name', x1: 'low', x2: 'high', dy: -2, strokeWidth: 2.5 },
      ),
      Plot.tickX(scored, { y: 'name', x: 'mean', strokeWidth: 2.5 }),
      Plot.text(scored, {
        y: 'name',
        frameAnchor: 'right',
        dx: 52,
        fontSize: 13,
        text: (row: { mean: number }) => `${(100 * row.mean).toFixed(1)} %`,
      }),
    ],
  });
  const description = scored.map((row) => `${row.name}: ${(100 * row.mean).toFixed(1)} %`).join(', ');
  return {
    name: 'scores',
    title: 'Final score: mean (tick), 95 % t interval (line), single seeds (dots); the bar begins at the base model',
    description,
    svg,
    width: 600,
  };
}

/** Mean accuracy before the first step. */
function startOf({ facts }: ReportSource): number {
  const first = facts.runs.flatMap(
    ({ result }) => result?.evaluations.filter(({ step }) => step === 0).map(({ value }) => value) ?? [],
  );
  return first.length === 0 ? 0 : mean(first);
}

/** Learning curves over generated tokens, a panel a variant, each with the baseline's in grey. */
export function learningFigures(source: ReportSource): Figure[] {
  const { variants } = source.facts.plan;
  const curves = variants.map(({ name }) => averageOver(runsOf(source, name).map(accuracyOf)));
  const all = curves.flat();
  if (all.length === 0) return [];
  const domain = [Math.min(...all.map(({ low }) => low)), Math.max(...all.map(({ high }) => high))];
  const baseline = curves[0]!;
  return variants.flatMap(({ name }, i) => {
    const curve = curves[i]!;
    if (curve.length === 0) return [];
    const marks = [
      ...(i > 0 ? [Plot.lineY(baseline, { x: 'x', y: 'mean', stroke: colours[0], strokeDasharray: '4 2' })] : []),
      Plot.areaY(curve, { x: 'x', y1: 'low', y2: 'high', fill: colourOf(i), fillOpacity: 0.25 }),
      Plot.lineY(curve, { x: 'x', y: 'mean', stroke: colourOf(i), strokeWidth: 2 }),
    ];
    const svg = small(marks, {
      y: { domain, tickFormat: '~%', nice: true },
      x: 'generated tokens',
      xFormat: '~s',
    });
    const last = curve.at(-1)!;
    const description = `${name}: held-out accuracy reaches ${(100 * last.mean).toFixed(1)} % at ${Math.round(last.x)} tokens`;
    return [{ name: `learning-${i}`, title: name, description, svg, width: 340 }];
  });
}

function accuracyOf({ result }: ReportRun): Point[] {
  return (result?.evaluations ?? []).map(({ tokens, value }) => ({ step: tokens, value }));
}

interface Panel {
  readonly metric: string;
  readonly title: string;
  readonly format?: string;
}

const panels: readonly Panel[] = [
  { metric: 'policy/entropy', title: 'Entropy, nats per token' },
  { metric: 'rollout/response-length', title: 'Response length, tokens' },
  { metric: 'loss/clip-fraction', title: 'Clip fraction, of tokens', format: '~%' },
  { metric: 'rollout/live-groups', title: 'Live groups, of the batch', format: '~%' },
  { metric: 'rollout/rounds', title: 'Generation rounds a step' },
  { metric: 'rollout/truncated', title: 'Truncated responses', format: '~%' },
  { metric: 'update/gradient-norm', title: 'Gradient norm' },
  { metric: 'time/total-seconds', title: 'Seconds so far' },
];

/** What went on inside: a small plot a metric, a line a variant, means over seeds. */
export function metricFigures(source: ReportSource): Figure[] {
  const { variants } = source.facts.plan;
  return panels.flatMap(({ metric, title, format }) => {
    const curves = variants.map(({ name }) =>
      averageBySteps(runsOf(source, name).flatMap(({ history }) => (history ? [history.series(metric)] : []))),
    );
    if (curves.every((curve) => curve.length === 0)) return [];
    const marks = curves.map((curve, i) =>
      Plot.lineY(smooth(curve), { x: 'x', y: 'mean', stroke: colourOf(i), strokeWidth: 1.4 }),
    );
    const svg = small(marks, { y: { tickFormat: format, zero: true, nice: true }, x: 'rollout step' });
    const ends = variants.flatMap(({ name }, i) =>
      curves[i]!.length === 0 ? [] : [`${name} ${curves[i]!.at(-1)!.mean.toPrecision(3)}`],
    );
    return [
      {
        name: `metric-${metric.replaceAll('/', '-')}`,
        title,
        description: `${title}, at the end: ${ends.join(', ')}`,
        svg,
        width: 340,
      },
    ];
  });
}

/** Moving mean over a tenth of the curve: lines of several variants are to be told apart. */
function smooth(curve: readonly AveragePoint[]): AveragePoint[] {
  const half = Math.floor(curve.length / 20);
  return curve.map((point, i) => ({
    ...point,
    mean: mean(curve.slice(Math.max(0, i - half), i + half + 1).map((other) => other.mean)),
  }));
}

/** Which colour is which variant. */
export function legendFigure({ facts }: ReportSource): Figure {
  const rows = facts.plan.variants.map(({ name }, i) => ({
    name,
    i,
    column: i % 3,
    line: Math.floor(i / 3),
  }));
  const at = { x: 'column', y: 'line' } as const;
  const svg = draw({
    width: 720,
    height: 14 + 20 * Math.ceil(rows.length / 3),
    margin: 0,
    marginLeft: 10,
    x: { axis: null, domain: [0, 3] },
    y: { axis: null, domain: [Math.ceil(rows.length / 3) - 0.5, -0.5] },
    marks: [
      Plot.dot(rows, { ...at, r: 5, fill: (row: { i: number }) => colourOf(row.i) }),
      Plot.text(rows, {
        ...at,
        dx: 10,
        textAnchor: 'start',
        fontSize: 12,
        text: (row: { name: string }) => label(row.name),
      }),
    ],
  });
  return {
    name: 'legend',
    title: 'Means over seeds, smoothed',
    description: 'the colours of the variants',
    svg,
    width: 720,
  };
}

interface SmallOptions {
  readonly y: object;
  readonly x: string;
  readonly xFormat?: string;
}

function small(marks: Plot.Markish[], { y, x, xFormat }: SmallOptions): string {
  return draw({
    width: 340,
    height: 210,
    marginLeft: 46,
    marginBottom: 34,
    marginTop: 10,
    marginRight: 12,
    x: {
      label: x,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: 5,
      ...(xFormat && { tickFormat: xFormat }),
    },
    y: { label: null, grid: true, ticks: 5, ...y },
    marks,
  });
}
