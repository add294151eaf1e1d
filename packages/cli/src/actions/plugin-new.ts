import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { configPlaces, isPackageField } from '@dapo/core';
import { cliVersion } from '../cli-version.js';
import { commandLine } from '../invocation.js';
import { configPlace } from '../scaffold/config-line.js';
import { refuseExisting, writeNewFiles, type NewFile } from '../scaffold/new-files.js';
import { pluginFiles } from '../scaffold/plugin-files.js';
import { indexLine, pluginPackage } from '../scaffold/plugin-package.js';
import { coloursOf, print, printJson } from '../terminal.js';

interface NewPluginOptions {
  /** Folder of a package of its own; true: the default. */
  readonly package?: string | true;
  readonly dryRun?: true;
  readonly json?: true;
}

const hint = 'take another name; nothing is ever overwritten';

/** What is to be written, and what to do with it then. */
interface Made {
  readonly folder: string;
  readonly files: readonly NewFile[];
  /** What a person adds to files that are there. */
  readonly additions?: readonly Addition[];
  /** Which config is meant, in words. */
  readonly where: string;
  /** Of a config, as a person would write them. */
  readonly config: readonly string[];
  readonly next: readonly string[];
}

interface Addition {
  readonly where: string;
  readonly lines: readonly string[];
}

/** Writes a working plugin of a kind with its test: into this folder, or as a package. */
export async function newPlugin(kind: string, name: string, options: NewPluginOptions): Promise<void> {
  const { dryRun, json } = options;
  const made = await make(kind, name, options.package);
  const { folder, files, additions = [], where, config, next } = made;
  if (dryRun) await refuseExisting(folder, files, hint);
  else await writeNewFiles(folder, files, hint);

  const names = files.map((file) => path.join(folder, file.name));
  if (json) return printJson({ kind, name, folder, files: names, additions, config: config.join('\n'), next });
  const { bold } = coloursOf(process.stdout);
  print(names.map((file) => `${dryRun ? 'Would write' : 'Wrote'} ${bold(file)}`).join('\n'));
  for (const { where: at, lines } of [...additions, { where, lines: config }])
    print(['', bold(`In ${at}:`), ...lines.map((line) => `  ${line}`)].join('\n'));
  print(['', bold('Next:'), ...next.map((command) => `  ${command}`)].join('\n'));
}

async function make(kind: string, name: string, folder: string | true | undefined): Promise<Made> {
  if (folder !== undefined) return madePackage(kind, name, folder);
  const packageHere = pluginPackageHere();
  return packageHere ? madeInPackage(kind, name, packageHere) : madeHere(kind, name);
}

function madeHere(kind: string, name: string): Made {
  const files = pluginFiles(kind, name);
  const { linesIn, set } = configPlace(kind, name);
  return { folder: '.', files, ...inConfig(linesIn), next: [...checks(files), trainLine(set)] };
}

/** Into src/ of the package of plugins that this folder is; its config takes the build, by name. */
function madeInPackage(kind: string, name: string, { packageName, plugins }: PackageHere): Made {
  const files = pluginFiles(kind, name, { folder: 'src', specifier: packageName });
  const { linesIn, set } = configPlace(kind, name, name);
  const names = [...(plugins[kind] ?? []), name].map((plugin) => `"${plugin}"`);
  const additions = [
    { where: 'src/index.ts', lines: [indexLine(name)] },
    { where: 'package.json, under dapo.plugins', lines: [`"${kind}": [${names.join(', ')}]`] },
  ];
  const next = [...checks(files), 'npm run build', trainLine(set)];
  return { folder: '.', files, additions, ...inConfig(linesIn), next };
}

function inConfig(linesIn: (file: string) => readonly string[]): Pick<Made, 'where' | 'config'> {
  const here = configHere();
  const where = here ?? `a config, of which there is none here (${commandLine('init')} begins an experiment)`;
  return { where, config: linesIn(here ?? 'dapo.config.ts') };
}

function checks(files: readonly NewFile[]): string[] {
  const [file, test] = files.map((written) => written.name) as [string, string];
  return [`npx vitest run ${test}`, commandLine('plugin', 'test', file), commandLine('plugin', 'lint', file)];
}

function trainLine(set: readonly string[]): string {
  return commandLine('train', ...set.flatMap((override) => ['--set', override]), '--steps', '3');
}

async function madePackage(kind: string, name: string, where: string | true): Promise<Made> {
  const { packageName, files, line } = await pluginPackage(kind, name, cliVersion());
  const folder = where === true ? packageName : where;
  const here = path.resolve(folder) === process.cwd();
  const next = [
    ...(here ? [] : [`cd ${folder}`]),
    'npm install',
    'npm test',
    'npm run lint',
    'npm run smoke',
    'npm publish --dry-run',
  ];
  return { folder, files, where: 'dapo.config.ts', config: [`plugins: ['${packageName}'],`, line], next };
}

/** The config of this folder. */
function configHere(): string | undefined {
  return configPlaces.find((place) => existsSync(place) && (place !== 'package.json' || hasConfigKey(place)));
}

function hasConfigKey(packageFile: string): boolean {
  const { dapo } = readPackage(packageFile);
  return dapo !== undefined && !isPackageField(dapo);
}

interface PackageHere {
  readonly packageName: string;
  readonly plugins: Readonly<Record<string, readonly string[]>>;
}

/** The package of plugins that this folder is, if it is one. */
function pluginPackageHere(): PackageHere | undefined {
  if (!existsSync('package.json')) return undefined;
  const { name = path.basename(process.cwd()), dapo } = readPackage('package.json');
  if (!isPackageField(dapo)) return undefined;
  const { plugins = {} } = dapo as Partial<PackageHere>;
  return { packageName: name, plugins };
}

function readPackage(file: string): { readonly name?: string; readonly dapo?: unknown } {
  return JSON.parse(readFileSync(file, 'utf8')) as { readonly name?: string; readonly dapo?: unknown };
}
