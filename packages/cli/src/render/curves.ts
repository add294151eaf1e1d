import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { Point, RunHistory } from '../run-history.js';

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
  /** Shares are drawn from 0. */
  readonly fromZero?: true;
}

const panels: readonly Panel[] = [
  { title: 'Reward', unit: 'mean of the trained batch', curves: [{ metric: 'reward/mean' }] },
  {
    title: 'Accuracy',
    unit: 'share right; held out with its 95 % interval',
    fromZero: true,
    curves: [
      { metric: 'rollout/accuracy', label: 'rollouts', aside: true },
      { metric: 'evaluation/accuracy', label: 'held out', interval: ['evaluation/accuracy-low', 'evaluation/accuracy-high'] },
    ],
  },
  { title: 'Entropy', unit: 'nats per token', fromZero: true, curves: [{ metric: 'policy/entropy' }] },
  { title: 'Response length', unit: 'tokens', fromZero: true, curves: [{ metric: 'rollout/response-length' }] },
  {
    title: 'Clip fraction',
    unit: 'share of tokens whose gradient is held back',
    fromZero: true,
    curves: [
      { metric: 'loss/clip-fraction-low', label: 'lower', aside: true },
      { metric: 'loss/clip-fraction-high', label: 'upper' },
    ],
  },
  {
    title: 'Live groups',
    unit: 'share of the trained batch',
    fromZero: true,
    curves: [{ metric: 'rollout/live-groups' }],
  },
  { title: 'Generation rounds', unit: 'per rollout step', fromZero: true, curves: [{ metric: 'rollout/rounds' }] },
  { title: 'Truncated', unit: 'share of responses', fromZero: true, curves: [{ metric: 'rollout/truncated' }] },
];

const WIDTH = 300;
const HEIGHT = 210;
const COLUMNS = 4;
const GAP = 14;
const HEADING = 58;
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
  const lastStep = Math.max(1, ...drawn.flatMap(({ curves }) => curves.flatMap((c) => history.series(c.metric).map((p) => p.step))));
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
    `<text x="${GAP}" y="46" font-size="12" fill="${FAINT}">${escape(subtitle)}</text>`,
    ...plots,
    '</svg>\n',
  ].join('\n');
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly lastStep: number;
}

function drawPanel({ title, unit, curves, fromZero }: Panel, history: RunHistory, { x, y, lastStep }: Place): string {
  const { document } = parseHTML('<html></html>');
  const plot = Plot.plot({
    document: document as unknown as Plot.PlotOptions['document'],
    width: WIDTH,
    height: HEIGHT - 34,
    marginTop: 10,
    marginLeft: 44,
    marginRight: 12,
    marginBottom: 34,
    x: { domain: [0, lastStep], label: null },
    y: { label: null, zero: fromZero, nice: true, grid: true },
    marks: [
      Plot.axisX(wholeTicks(lastStep), { tickFormat: 'd', label: 'rollout step', labelAnchor: 'center', labelArrow: 'none' }),
      Plot.axisY({ ticks: 4, tickSize: 0 }),
      ...curves.flatMap((curve) => drawCurve(curve, history, lastStep)),
    ],
  });
  const svg = plot.outerHTML.replace('<svg ', `<svg x="0" y="34" `);
  return [
    `<g transform="translate(${x} ${y})">`,
    `<text x="6" y="14" font-size="13" font-weight="600" fill="${INK}">${escape(title)}</text>`,
    `<text x="6" y="28" font-size="10.5" fill="${FAINT}">${escape(unit)}</text>`,
    svg,
    '</g>',
  ].join('\n');
}

function drawCurve({ metric, label, interval, aside }: Curve, history: RunHistory, lastStep: number): Plot.Markish[] {
  const points = history.series(metric);
  const stroke = aside ? FAINT : MAIN;
  const marks: Plot.Markish[] = [];
  if (interval) marks.push(...drawInterval(history, interval, stroke));
  marks.push(Plot.lineY(points, { x: 'step', y: 'value', stroke, strokeWidth: aside ? 1 : 1.75 }));
  if (interval || points.length <= 24) marks.push(Plot.dot(points, { x: 'step', y: 'value', fill: stroke, r: aside ? 1.5 : 2.5 }));
  const last = points.at(-1);
  if (label && last) marks.push(drawLabel(label, last, lastStep, stroke, aside));
  return marks;
}

function drawInterval(history: RunHistory, [low, high]: readonly [string, string], colour: string): Plot.Markish[] {
  const highs = new Map(history.series(high).map(({ step, value }) => [step, value]));
  const ends = history.series(low).map(({ step, value }) => ({ step, low: value, high: highs.get(step) ?? value }));
  return [
    Plot.areaY(ends, { x: 'step', y1: 'low', y2: 'high', fill: colour, fillOpacity: 0.14 }),
    Plot.ruleX(ends, { x: 'step', y1: 'low', y2: 'high', stroke: colour, strokeWidth: 1 }),
  ];
}

/** At the end of the curve, inwards: main curves get theirs above, those beside them below. */
function drawLabel(label: string, at: Point, lastStep: number, fill: string, aside: true | undefined): Plot.Markish {
  return Plot.text([at], {
    x: 'step',
    y: 'value',
    text: () => label,
    fill,
    stroke: '#ffffff',
    strokeWidth: 3,
    textAnchor: at.step > lastStep / 2 ? 'end' : 'start',
    dy: aside ? 11 : -11,
  });
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
