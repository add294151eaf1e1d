import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { closestMatch } from 'leven';
import { readCatalogue, type Catalogue, type CataloguedMetric, type CataloguedPlugin } from '../catalogue.js';
import { unknownPluginName } from '../command-error.js';
import { metricTable, pluginPage, type PageStyle } from '../render/plugin-page.js';
import { table, visibleLength } from '../render/table.js';
import type { ExecOptions } from '../engine.js';
import { pluginFilesHere } from '../scaffold/own-plugin-files.js';
import { coloursOf, print, printJson, widthOf } from '../terminal.js';

interface PluginsOptions extends ExecOptions {
  readonly metrics?: true;
  readonly json?: true;
}

/**
 * Lists the plugins, those of a kind, or describes those that a name means: the shipped ones, and those of this folder.
 * A path or a package shows what is in it. The engine is loaded only where something of one's own is meant.
 */
export async function showPlugins(name: string | undefined, { metrics, json, exec }: PluginsOptions): Promise<void> {
  const shipped = readCatalogue();
  const catalogue = {
    ...shipped,
    plugins: [...(await ownPlugins(name, shipped, { exec })), ...shipped.plugins],
  };
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

/** Of a file or a package where the name is one's; of this folder where no shipped one is meant; else none. */
async function ownPlugins(
  name: string | undefined,
  { kinds, plugins }: Catalogue,
  exec: ExecOptions,
): Promise<CataloguedPlugin[]> {
  if (name !== undefined && !(name in kinds) && matching(name, plugins).length > 0) return [];
  const from = name !== undefined && isElsewhere(name) ? name : undefined;
  if (from === undefined && !hasOwn()) return [];
  const { pluginsFrom, pluginsHere } = await import('../own-plugins.js');
  return from === undefined ? pluginsHere(exec) : pluginsFrom(from, exec);
}

/** Whether this folder has plugins or a config: only then is there something to load the engine for. */
function hasOwn(): boolean {
  const isConfig = (entry: string): boolean => /^(dapo\.config\.|\.daporc)/.test(entry);
  return pluginFilesHere().length > 0 || readdirSync('.').some(isConfig) || packageHasConfig();
}

function packageHasConfig(): boolean {
  return existsSync('package.json') && /"dapo"\s*:/.test(readFileSync('package.json', 'utf8'));
}

/** A path, or the name of a package; `kind/plugin` is neither. */
function isElsewhere(name: string): boolean {
  return /^(\.{0,2}[\\/]|[A-Za-z]:[\\/]|@[^/]+\/|dapo-plugin-)|\.[cm]?[jt]s$/.test(name);
}

/** A kind means all of it; a name those of every kind; an alias what it is another name of. */
function pluginsNamed(name: string, { kinds, plugins }: Catalogue): readonly CataloguedPlugin[] {
  if (name in kinds) return plugins.filter(({ kind }) => kind === name);
  const found = isElsewhere(name) ? plugins.filter(({ from }) => from === name) : matching(name, plugins);
  if (found.length > 0) return found;
  const names = [...new Set([...Object.keys(kinds), ...plugins.map((plugin) => plugin.name)])];
  throw unknownPluginName(name, Object.keys(kinds), closestMatch(name, names, { maxDistance: 3 }));
}

function matching(name: string, plugins: readonly CataloguedPlugin[]): readonly CataloguedPlugin[] {
  const [kind, short] = name.includes('/') ? name.split('/') : [undefined, name];
  const known = (plugin: CataloguedPlugin): boolean => kind === undefined || plugin.kind === kind;
  const exact = plugins.filter((plugin) => known(plugin) && plugin.name === short);
  if (exact.length > 0) return exact;
  const wanted = name.toLowerCase();
  return plugins.filter(({ alsoKnownAs = [] }) => alsoKnownAs.some((alias) => alias.toLowerCase() === wanted));
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
      .map(({ name, summary = '', use }) => [
        padded(cyan(name), longest),
        use ? `${summary} ${dim(`(${use})`)}` : summary,
      ]);
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
