import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { configPlaces, isPackageField } from '@dapo/core';
import { cliVersion } from '../cli-version.js';
import { commandLine } from '../invocation.js';
import { configPlace } from '../scaffold/config-line.js';
import { refuseExisting, writeNewFiles, type NewFile } from '../scaffold/new-files.js';
import { pluginFiles } from '../scaffold/plugin-files.js';
import { pluginPackage } from '../scaffold/plugin-package.js';
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
  /** Which config is meant, in words. */
  readonly where: string;
  /** Of a config, as a person would write them. */
  readonly config: readonly string[];
  readonly next: readonly string[];
}

/** Writes a working plugin of a kind with its test: into this folder, or as a package. */
export async function newPlugin(kind: string, name: string, options: NewPluginOptions): Promise<void> {
  const { dryRun, json } = options;
  const made =
    options.package === undefined ? madeHere(kind, name) : await madePackage(kind, name, options.package);
  const { folder, files, where, config, next } = made;
  if (dryRun) await refuseExisting(folder, files, hint);
  else await writeNewFiles(folder, files, hint);

  const names = files.map((file) => path.join(folder, file.name));
  if (json) return printJson({ kind, name, folder, files: names, config: config.join('\n'), next });
  const { bold } = coloursOf(process.stdout);
  print(names.map((file) => `${dryRun ? 'Would write' : 'Wrote'} ${bold(file)}`).join('\n'));
  print(['', bold(`In ${where}:`), ...config.map((line) => `  ${line}`)].join('\n'));
  print(['', bold('Next:'), ...next.map((command) => `  ${command}`)].join('\n'));
}

function madeHere(kind: string, name: string): Made {
  const files = pluginFiles(kind, name);
  const [file, test] = files.map((written) => written.name) as [string, string];
  const { linesIn, set } = configPlace(kind, name);
  const here = configHere();
  const where = here ?? `a config, of which there is none here (${commandLine('init')} begins an experiment)`;
  const next = [
    `npx vitest run ${test}`,
    commandLine('plugin', 'test', file),
    commandLine('plugin', 'lint', file),
    commandLine('train', ...set.flatMap((override) => ['--set', override]), '--steps', '3'),
  ];
  return { folder: '.', files, where, config: linesIn(here ?? 'dapo.config.ts'), next };
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
  const { dapo } = JSON.parse(readFileSync(packageFile, 'utf8')) as { readonly dapo?: unknown };
  return dapo !== undefined && !isPackageField(dapo);
}
