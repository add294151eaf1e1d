import type { CataloguedMetric, CataloguedPlugin, OptionSchema } from '../catalogue.js';
import type { Colours } from '../terminal.js';
import { showValue } from './format.js';
import { optionType } from './option-type.js';
import { table } from './table.js';

export interface PageStyle {
  readonly colours: Colours;
  readonly width: number;
}

/** All that a plugin says of itself. */
export function pluginPage(plugin: CataloguedPlugin, style: PageStyle): string {
  const { bold, cyan, dim } = style.colours;
  const facts: (readonly [string, string | undefined])[] = [
    ['summary', plugin.summary],
    ['source', plugin.source && describeSource(plugin.source)],
    ['departures', plugin.departures],
    ['also known as', plugin.alsoKnownAs?.join(', ')],
    ['role', plugin.role],
    ['needs', plugin.needs?.join(', ')],
    ['provides', plugin.provides?.join(', ')],
  ];
  const rows = facts.flatMap(([label, value]) => (value ? [[dim(label), value]] : []));
  const sections = [
    `${dim(plugin.kind)} ${bold(cyan(plugin.name))}\n${table(rows, { indent: 2, width: style.width })}`,
  ];
  const options = optionRows(plugin);
  if (options.length > 0) {
    const head = ['option', 'type', 'default', 'meaning'].map(dim);
    sections.push(`${bold('Options')}\n${table(options, { head, indent: 2, width: style.width })}`);
  }
  if (plugin.metrics.length > 0) sections.push(`${bold('Metrics')}\n${metricTable(plugin.metrics, style)}`);
  sections.push(`${bold('In a config')}\n  ${configLine(plugin)}`);
  return sections.join('\n\n');
}

/** With `advice`, what to make of each value stands under its meaning. */
export function metricTable(
  metrics: readonly CataloguedMetric[],
  { colours, width, advice = false }: PageStyle & { readonly advice?: boolean },
): string {
  const rows = metrics.map((metric) => [
    metric.name,
    metric.unit,
    `${metric.reduce} over ${metric.over}`,
    [metric.meaning, ...(advice ? adviceLines(metric, colours) : [])].join('\n'),
  ]);
  return table(rows, { head: ['metric', 'unit', 'reduced', 'meaning'].map(colours.dim), indent: 2, width });
}

function adviceLines({ healthy, worrying, advice }: CataloguedMetric, { dim }: Colours): string[] {
  const lines = { healthy, worrying, do: advice };
  return Object.entries(lines).flatMap(([label, text]) => (text ? [`${dim(`${label}:`)} ${text}`] : []));
}

export function describeSource({ title, arxiv, equation, url }: NonNullable<CataloguedPlugin['source']>): string {
  // Some sources number no equations: a section or an algorithm is named instead.
  const place = equation && /^[\d(]/.test(equation) ? `eq. ${equation}` : equation;
  return [title, arxiv && `arXiv ${arxiv}`, place, url].filter(Boolean).join(', ');
}

export function optionRows({ options, slots = {} }: CataloguedPlugin): string[][] {
  const required = new Set(options.required);
  const own = Object.entries(options.properties ?? {}).map(([name, schema]) => [
    name,
    optionType(schema),
    defaultOf(schema, required.has(name)),
    schema.description ?? '',
  ]);
  const parts = Object.entries(slots).map(([name, slot]) => [
    name,
    slot.kind,
    slot.default ?? 'none',
    `dapo plugins ${slot.kind} lists what can stand here`,
  ]);
  return [...own, ...parts];
}

function defaultOf(schema: OptionSchema, required: boolean): string {
  if (schema.default !== undefined) return showValue(schema.default);
  return required ? 'required' : '';
}

/** Where a plugin of each kind stands in a config; KEY is the author's own. */
export const places: Readonly<Record<string, string>> = {
  prompts: 'prompts.train',
  reward: 'rewards.KEY',
  filter: 'filters.KEY',
  signal: 'signals.KEY',
  guard: 'guards.KEY',
  tracker: 'trackers.KEY',
  'ratio-level': 'loss.ratio',
  'clip-rule': 'loss.clip',
  'kl-term': 'loss.kl',
};

/** A line to type: `--set loss.clip=clip-higher`. */
export function configLine({ kind, name, use = name }: CataloguedPlugin): string {
  return `--set ${places[kind] ?? kind}=${use}`;
}
