import { closestMatch } from 'leven';
import { readCatalogue, type Catalogue, type CataloguedMetric, type CataloguedPlugin } from '../catalogue.js';
import { unknownPluginName } from '../command-error.js';
import { metricTable, pluginPage, type PageStyle } from '../render/plugin-page.js';
import { table, visibleLength } from '../render/table.js';
import { coloursOf, print, printJson, widthOf } from '../terminal.js';

interface PluginsOptions {
  readonly metrics?: true;
  readonly json?: true;
}

/** Lists the plugins, those of a kind, or describes those that a name means. */
export function showPlugins(name: string | undefined, { metrics, json }: PluginsOptions): void {
  const catalogue = readCatalogue();
  const style: PageStyle = { colours: coloursOf(process.stdout), width: widthOf(process.stdout) };
  const plugins = name === undefined ? catalogue.plugins : pluginsNamed(name, catalogue);
  if (metrics) {
    const sorted = glossary([
      ...(name === undefined ? catalogue.metrics : []),
      ...plugins.flatMap((plugin) => plugin.metrics),
    ]);
    if (json) return printJson(sorted);
    return print(sorted.length > 0 ? metricTable(sorted, { ...style, advice: true }) : 'no metrics');
  }
  if (json) return printJson(plugins);
  const isKind = name !== undefined && name in catalogue.kinds;
  if (name === undefined || isKind) return print(listByKind(plugins, catalogue, style));
  print(plugins.map((plugin) => pluginPage(plugin, style)).join('\n\n'));
}

/** A kind means all of it; a name those of every kind; an alias what it is another name of. */
function pluginsNamed(name: string, { kinds, plugins }: Catalogue): readonly CataloguedPlugin[] {
  if (name in kinds) return plugins.filter(({ kind }) => kind === name);
  const [kind, short] = name.includes('/') ? name.split('/') : [undefined, name];
  const known = (plugin: CataloguedPlugin): boolean => kind === undefined || plugin.kind === kind;
  const exact = plugins.filter((plugin) => known(plugin) && plugin.name === short);
  if (exact.length > 0) return exact;
  const wanted = name.toLowerCase();
  const aliased = plugins.filter(({ alsoKnownAs = [] }) =>
    alsoKnownAs.some((alias) => alias.toLowerCase() === wanted),
  );
  if (aliased.length > 0) return aliased;
  const names = [...new Set([...Object.keys(kinds), ...plugins.map((plugin) => plugin.name)])];
  throw unknownPluginName(name, Object.keys(kinds), closestMatch(name, names, { maxDistance: 3 }));
}

function listByKind(
  plugins: readonly CataloguedPlugin[],
  { kinds, presets }: Catalogue,
  { colours, width }: PageStyle,
): string {
  const { bold, cyan, dim } = colours;
  const longest = Math.max(...plugins.map((plugin) => plugin.name.length));
  const sections = Object.entries(kinds).flatMap(([kind, sentence]) => {
    const rows = plugins
      .filter((plugin) => plugin.kind === kind)
      .map((plugin) => [padded(cyan(plugin.name), longest), plugin.summary ?? '']);
    return rows.length > 0 ? [`${bold(kind)}: ${dim(sentence)}\n${table(rows, { indent: 2, width })}`] : [];
  });
  const names = presets.map(({ name }) => name).join(', ');
  const hints = `dapo plugins NAME tells all about one. Presets put them together: ${names} (dapo config --preset NAME).`;
  return [...sections, dim(hints)].join('\n\n');
}

/** Sorted by name; where several plugins record the same, it stands once. */
function glossary(metrics: readonly CataloguedMetric[]): CataloguedMetric[] {
  return [...new Map(metrics.map((metric) => [metric.name, metric])).values()].sort((a, b) =>
    a.name.localeCompare(b.name),
  );
}

/** One width for the names of all kinds, so that the summaries stand under each other. */
function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - visibleLength(text)));
}
