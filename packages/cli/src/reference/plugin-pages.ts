import type { Catalogue, CataloguedPlugin } from '../catalogue.js';
import { configLine, describeSource, optionRows } from '../render/plugin-page.js';
import { metricRows, METRIC_HEAD } from './metric-page.js';
import { markdownTable, page } from './markdown.js';

/** Path of a page → its content: one page a plugin, and the table of all of them. */
export function pluginPages(catalogue: Catalogue): Record<string, string> {
  const pages = catalogue.plugins.map((plugin) => [`${pathOf(plugin)}.md`, pluginPage(plugin)] as const);
  return { ...Object.fromEntries(pages), 'plugins.md': tableOfAll(catalogue) };
}

function pathOf({ kind, name }: CataloguedPlugin): string {
  return `plugins/${kind}/${name}`;
}

function pluginPage(plugin: CataloguedPlugin): string {
  const facts: (readonly [string, string | undefined])[] = [
    ['Source', plugin.source && describeSource(plugin.source)],
    ['Departures', plugin.departures],
    ['Also known as', plugin.alsoKnownAs?.join(', ')],
    ['Role', plugin.role],
    ['Needs', plugin.needs?.join(', ')],
    ['Provides', plugin.provides?.join(', ')],
  ];
  const told = facts.flatMap(([label, value]) => (value ? [`- ${label}: ${value}`] : []));
  const options = markdownTable(['option', 'type', 'default', 'meaning'], optionRows(plugin));
  const metrics = markdownTable(METRIC_HEAD, metricRows(plugin.metrics));
  return page(
    `${plugin.kind} ${plugin.name}`,
    plugin.summary ?? '',
    told.join('\n'),
    options && `## Options\n\n${options}`,
    metrics && `## Metrics\n\n${metrics}`,
    `## In a config\n\n\`\`\`sh\ndapo train ${configLine(plugin)}\n\`\`\``,
  );
}

function tableOfAll({ kinds, plugins }: Catalogue): string {
  const sections = Object.entries(kinds).flatMap(([kind, sentence]) => {
    const rows = plugins.filter((plugin) => plugin.kind === kind);
    if (rows.length === 0) return [];
    const lines = rows.map((plugin) => `- [${plugin.name}](${pathOf(plugin)}.md): ${plugin.summary ?? ''}`);
    return [`## ${kind}\n\nA plugin of this kind ${sentence}.\n\n${lines.join('\n')}`];
  });
  return page('Plugins', ...sections);
}
