import type { NewFile } from './new-files.js';
import { configPlace } from './config-line.js';
import { pluginFiles } from './plugin-files.js';
import { projectFiles } from './templates.js';

/** The template that packages are made from, and the plugin that stands in it. */
const TEMPLATE = 'plugin-package';
const standIn = { kind: 'clip-rule', name: 'capped-ratio', variable: 'cappedRatio' };

export interface PluginPackage {
  /** npm name. */
  readonly packageName: string;
  readonly files: readonly NewFile[];
  /** Line of a config beside `plugins: ['NAME']`. */
  readonly line: string;
}

/** The files of a package of one plugin: the template, with a plugin of a kind in the place of its own. */
export async function pluginPackage(kind: string, name: string, version: string): Promise<PluginPackage> {
  const packageName = `dapo-plugin-${name}`;
  const plugin = pluginFiles(kind, name, { folder: 'src', specifier: packageName });
  const { line } = configPlace(kind, name, name);
  const template = await projectFiles(TEMPLATE, { name: packageName, version });
  const others = template.filter((file) => !file.name.startsWith(`src/${standIn.name}.`));
  const summary = summaryOf(String(plugin[0]!.content));
  const files = others.map((file) => ({
    ...file,
    content: renamed(file, { kind, name, packageName, line, summary }),
  }));
  return { packageName, files: [...files, ...plugin], line };
}

/** The line of a package's src/index.ts that exports a plugin beside it. */
export function indexLine(name: string): string {
  return `export { default as ${variableOf(name)} } from './${name}.js';`;
}

function variableOf(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

interface Names {
  readonly kind: string;
  readonly name: string;
  readonly packageName: string;
  readonly line: string;
  readonly summary: string;
}

function renamed(file: NewFile, { kind, name, packageName, line, summary }: Names): string {
  const own = configPlace(standIn.kind, standIn.name, standIn.name).line;
  let text = String(file.content);
  if (file.name === 'dapo.config.ts') text = withoutKeys(text, line);
  // The package's own name holds that of the plugin: it is put aside while the plugin is renamed.
  text = text.replaceAll(own, line).replaceAll(packageName, '\0');
  text = text
    .replaceAll(standIn.name, name)
    .replaceAll(standIn.variable, variableOf(name))
    .replaceAll(standIn.kind, kind);
  text = text.replaceAll('\0', packageName);
  return file.name === 'package.json' ? described(text, summary) : text;
}

/** The line of the plugin takes the place of what the experiment has there: a key stands once. */
function withoutKeys(config: string, line: string): string {
  const keys = [...line.matchAll(/(?:^|\}, )(\w+):/g)].map(([, key]) => key!);
  const replaced = (text: string): boolean => keys.some((key) => key !== 'loss' && text.startsWith(`  ${key}:`));
  return config
    .split('\n')
    .filter((text) => !replaced(text))
    .join('\n');
}

function described(packageJson: string, summary: string): string {
  return `${JSON.stringify({ ...(JSON.parse(packageJson) as object), description: summary }, null, 2)}\n`;
}

/** What the plugin says of itself. */
function summaryOf(source: string): string {
  return /\n {2}summary:\s*(['"])(.*?)\1,\n/.exec(source)?.[2] ?? '';
}
