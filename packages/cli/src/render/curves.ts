import * as Plot from '@observablehq/plot';
import type { RunHistory } from '../run-history.js';
import { plotSvg } from './plot-svg.js';

interface Curve {
  readonly metric: string;
  /** Names the curve where a panel has several. */
  readonly label?: string;
  /** Metrics of the ends of its 95 % interval. */
  readonly interval?: readonly [low: string, high: string];
  /** Thin and grey: there to be compared with. */
  readonly aside?: true;
}

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly curves: readonly Curve[];
  /** share: from 0, in percent · amount: from 0 · count: from 0, whole numbers · value: wherever it lies. */
  readonly scale: 'share' | 'amount' | 'count' | 'value';
}

const panels: readonly Panel[] = [
  { title: 'Reward', unit: 'mean of the trained batch', scale: 'value', curves: [{ metric: 'reward/mean' }] },
  {
    title: 'Accuracy',
    unit: 'answers that are right, 95 % interval',
    scale: 'share',
    curves: [
      { metric: 'rollout/accuracy', label: 'rollouts', aside: true },
      {
        metric: 'evaluation/accuracy',
        label: 'held out',
        interval: ['evaluation/accuracy-low', 'evaluation/accuracy-high'],
      },
    ],
  },
  { title: 'Entropy', unit: 'nats per token', scale: 'amount', curves: [{ metric: 'policy/entropy' }] },
  {
    title: 'Response length',
    unit: 'tokens',
    scale: 'amount',
    curves: [{ metric: 'rollout/response-length' }],
  },
  {
    title: 'Clip fraction',
    unit: 'tokens whose gradient is held back',
    scale: 'share',
    curves: [
      { metric: 'loss/clip-fraction-low', label: 'lower bound', aside: true },
      { metric: 'loss/clip-fraction-high', label: 'upper bound' },
    ],
  },
  {
    title: 'Live groups',
    unit: 'of the trained batch',
    scale: 'share',
    curves: [{ metric: 'rollout/live-groups' }],
  },
  {
    title: 'Generation rounds',
    unit: 'per rollout step',
    scale: 'count',
    curves: [{ metric: 'rollout/rounds' }],
  },
  {
    title: 'Truncated',
    unit: 'responses cut off',
    scale: 'share',
    curves: [{ metric: 'rollout/truncated' }],
  },
];

const WIDTH = 300;
const HEIGHT = 210;
const COLUMNS = 4;
const GAP = 14;
const HEADING = 58;
/** Up to so many points each is marked. */
const SPARSE = 24;
/** Beyond so many points a moving average is drawn over them … */
const DENSE = 60;
/** … of which about so many don't overlap. */
const SMOOTHED = 25;
const INK = '#1f2328';
const FAINT = '#6b7280';
const MAIN = '#1f6feb';
const FONT = "font-family=\"system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif\"";

/**
 * The curves of a run as one SVG: a small plot a quantity, all over rollout steps. Colours and background are its own,
 * so that it reads alike in a browser, a README and a dark page.
 */
export function drawCurves(history: RunHistory, title: string, subtitle: string): string {
  const drawn = panels.filter(({ curves }) => curves.some(({ metric }) => history.series(metric).length > 0));
  const rows = Math.max(1, Math.ceil(drawn.length / COLUMNS));
  const width = GAP + Math.min(COLUMNS, Math.max(1, drawn.length)) * (WIDTH + GAP);
  const height = HEADING + rows * (HEIGHT + GAP);
  const lastStep = Math.max(
    1,
    ...drawn.flatMap(({ curves }) => curves.flatMap((c) => history.series(c.metric).map((p) => p.step))),
  );
  const plots = drawn.map((panel, i) => {
    const x = GAP + (i % COLUMNS) * (WIDTH + GAP);
    const y = HEADING + Math.floor(i / COLUMNS) * (HEIGHT + GAP);
    return drawPanel(panel, history, { x, y, lastStep });
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" color="${INK}" ${FONT}>`,
    `<title>${escape(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="6" fill="#ffffff"/>`,
    `<text x="${GAP}" y="28" font-size="17" font-weight="600" fill="${INK}">${escape(title)}</text>`,
    `<text x="${GAP}" y="46" font-size="12" fill="${FAINT}">${escape(lastStep > DENSE ? `${subtitle} · thick: moving average` : subtitle)}</text>`,
    ...plots,
    '</svg>\n',
  ].join('\n');
}

const tickFormats = { share: '~%', count: 'd', amount: undefined, value: undefined } as const;

interface Place {
  readonly x: number;
  readonly y: number;
  readonly lastStep: number;
}

function drawPanel(panel: Panel, history: RunHistory, { x, y, lastStep }: Place): string {
  const { title, unit, curves, scale } = panel;
  const values = curves.flatMap(({ metric }) => history.series(metric).map(({ value }) => value));
  const wholes = wholeTicks(Math.max(1, ...values));
  const plot = plotSvg({
    width: WIDTH,
    height: HEIGHT - 34,
    marginTop: 10,
    marginLeft: 44,
    marginRight: 12,
    marginBottom: 34,
    x: { domain: [0, lastStep], label: null },
    y: {
      label: null,
      zero: scale !== 'value',
      nice: true,
      grid: true,
      ...(scale === 'count' && { ticks: wholes }),
      // All zero has no extent of its own.
      ...(scale !== 'value' && values.every((value) => value === 0) && { domain: [0, 1] }),
    },
    marks: [
      Plot.axisX(wholeTicks(lastStep), {
        tickFormat: 'd',
        label: 'rollout step',
        labelAnchor: 'center',
        labelArrow: 'none',
      }),
      Plot.axisY({ ticks: scale === 'count' ? wholes : 4, tickSize: 0, tickFormat: tickFormats[scale] }),
      ...curves.flatMap((curve) => drawCurve(curve, history)),
    ],
  });
  const svg = plot.replace('<svg ', `<svg x="0" y="34" `);
  return [
    `<g transform="translate(${x} ${y})">`,
    `<text x="6" y="14" font-size="13" font-weight="600" fill="${INK}">${escape(title)}</text>`,
    `<text x="6" y="28" font-size="10.5" fill="${FAINT}">${escape(unit)}</text>`,
    labelsOf(curves),
    svg,
    '</g>',
  ].join('\n');
}

/** The names of the curves in their colours, at the right of the title. */
function labelsOf(curves: readonly Curve[]): string {
  const labels = curves.flatMap((curve) =>
    curve.label ? [`<tspan fill="${colourOf(curve)}" font-weight="600" dx="8">${escape(curve.label)}</tspan>`] : [],
  );
  return `<text x="${WIDTH - 12}" y="14" font-size="10.5" text-anchor="end">${labels.join('')}</text>`;
}

function colourOf({ aside }: Curve): string {
  return aside ? FAINT : MAIN;
}

function drawCurve(curve: Curve, history: RunHistory): Plot.Markish[] {
  const { metric, interval, aside } = curve;
  const points = history.series(metric);
  const stroke = colourOf(curve);
  const at = { x: 'step', y: 'value', stroke } as const;
  const strokeWidth = aside ? 1 : 1.75;
  const marks: Plot.Markish[] = [];
  if (interval) marks.push(...drawInterval(history, interval, stroke));
  if (points.length > DENSE && !interval) {
    marks.push(Plot.lineY(points, { ...at, strokeWidth: 0.75, strokeOpacity: 0.35 }));
    marks.push(Plot.lineY(points, Plot.windowY({ k: Math.ceil(points.length / SMOOTHED) }, { ...at, strokeWidth })));
  } else {
    marks.push(Plot.lineY(points, { ...at, strokeWidth }));
  }
  if (points.length <= SPARSE)
    marks.push(Plot.dot(points, { x: 'step', y: 'value', fill: stroke, r: aside ? 1.5 : 2.5 }));
  return marks;
}

/** A band and whiskers, cut to what a share can be. */
function drawInterval(history: RunHistory, [low, high]: readonly [string, string], colour: string): Plot.Markish[] {
  const highs = new Map(history.series(high).map(({ step, value }) => [step, value]));
  const ends = history.series(low).map(({ step, value }) => ({
    step,
    low: Math.max(0, value),
    high: Math.min(1, highs.get(step) ?? value),
  }));
  const band = Plot.areaY(ends, { x: 'step', y1: 'low', y2: 'high', fill: colour, fillOpacity: 0.14 });
  if (ends.length > SPARSE) return [band];
  return [band, Plot.ruleX(ends, { x: 'step', y1: 'low', y2: 'high', stroke: colour, strokeWidth: 1 })];
}

/** At most six ticks, all at whole steps. */
function wholeTicks(last: number): number[] {
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(1, last / 5)));
  const spacing = [1, 2, 5, 10].map((factor) => factor * magnitude).find((size) => last / size <= 5) ?? 10 * magnitude;
  return Array.from({ length: Math.floor(last / spacing) + 1 }, (_, i) => i * spacing);
}

function escape(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
