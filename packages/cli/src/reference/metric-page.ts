import type { Catalogue, CataloguedMetric, CataloguedPlugin } from '../catalogue.js';
import { markdownTable, page } from './markdown.js';

export const METRIC_HEAD = ['metric', 'unit', 'reduced', 'meaning', 'healthy', 'worrying', 'what to do'];

export function metricRows(metrics: readonly CataloguedMetric[]): string[][] {
  return metrics.map(({ name, unit, reduce, over, meaning, healthy, worrying, advice }) => [
    name,
    unit,
    `${reduce} over ${over}`,
    meaning,
    healthy ?? '',
    worrying ?? '',
    advice ?? '',
  ]);
}

/** The glossary: what the engine measures, and what each plugin adds. */
export function metricPage({ metrics, plugins }: Catalogue): string {
  const recorders = plugins.filter((plugin) => plugin.metrics.length > 0);
  return page(
    'Metrics',
    'What a run writes into `metrics.jsonl`. Capitals stand for names of yours: KEY of a part, K answers, REASON of a verdict.\n' +
      'What is healthy is a rule of thumb for a policy that can already do a part of the task.',
    `## Of the engine\n\n${markdownTable(METRIC_HEAD, metricRows(metrics))}`,
    `## Of plugins\n\n${markdownTable(['recorded by', ...METRIC_HEAD], recorders.flatMap(rowsOf))}`,
  );
}

function rowsOf({ kind, name, metrics }: CataloguedPlugin): string[][] {
  return metricRows(metrics).map((row) => [`${kind} ${name}`, ...row]);
}
