import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Block } from './document.js';
import { reportBlocks } from './report-blocks.js';
import type { ReportSource } from './source.js';
import { curvesCsv, differencesCsv, runsCsv } from './to-csv.js';
import { toHtml } from './to-html.js';
import { toMarkdown } from './to-markdown.js';
import type { FactOptions } from './variant-facts.js';

const FIGURES = 'figures';

export interface ReportOptions extends FactOptions {
  readonly title?: string;
}

/** Writes report.html, report.md with its figures, and three CSV files; gives their paths, the page first. */
export async function writeReport(
  folder: string,
  sources: readonly ReportSource[],
  options: ReportOptions = {},
): Promise<string[]> {
  const title = options.title ?? titleOf(sources);
  const blocks = await reportBlocks(sources, title, options);
  const files: [string, string][] = [
    ['report.html', toHtml(title, blocks)],
    ['report.md', toMarkdown(blocks, FIGURES)],
    ['runs.csv', runsCsv(sources, options)],
    ['differences.csv', differencesCsv(sources)],
    ['curves.csv', curvesCsv(sources)],
  ];
  await mkdir(path.join(folder, FIGURES), { recursive: true });
  const figures = blocks.flatMap((block: Block) => (block.kind === 'figures' ? block.figures : []));
  for (const { name, svg } of figures) await writeFile(path.join(folder, FIGURES, `${name}.svg`), onPaper(svg));
  for (const [name, content] of files) await writeFile(path.join(folder, name), content);
  return files.map(([name]) => path.join(folder, name));
}

function titleOf(sources: readonly ReportSource[]): string {
  const names = sources.map(({ kind, facts }) =>
    kind === 'study' ? `Study ${facts.plan.study}` : 'Runs side by side',
  );
  return [...new Set(names)].join(' · ');
}

/** Alone, a figure stands on whatever its reader's page is: it brings its own ink and paper. */
function onPaper(svg: string): string {
  return svg
    .replace('<svg ', '<svg color="#1f2328" ')
    .replace(/^(<svg [^>]*>)/, '$1<rect width="100%" height="100%" fill="#ffffff"/>');
}
