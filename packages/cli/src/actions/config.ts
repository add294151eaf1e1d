import { DapoProblems, describeConfig, loadConfig, resolveUserConfig } from '@dapo/core';
import { presetWithFile } from '../command-error.js';
import { engineOptions } from '../engine.js';
import { table } from '../render/table.js';
import { coloursOf, print, printAside, printJson, widthOf } from '../terminal.js';

interface ConfigCommandOptions {
  readonly set?: readonly string[];
  readonly preset?: string;
  readonly json?: true;
}

export async function showConfig(file: string | undefined, { set, preset, json }: ConfigCommandOptions): Promise<void> {
  if (preset !== undefined && file !== undefined) throw presetWithFile(preset, file);
  const engine = engineOptions();
  const { config, provenance, problems, warnings } =
    preset === undefined
      ? await resolveUserConfig(await loadConfig({ ...engine, file, set }), engine)
      : await resolveUserConfig({ extends: preset }, { ...engine, set });
  if (!config) throw new DapoProblems(problems);
  const described = describeConfig(config);
  if (json) return printJson({ config: described, origins: Object.fromEntries(provenance) });
  const { dim, cyan, yellow } = coloursOf(process.stdout);
  const rows = leavesOf(described).map(([path, value]) => [cyan(path), value, dim(provenance.get(path) ?? '')]);
  print(table(rows, { head: ['path', 'value', 'from'].map(dim), width: widthOf(process.stdout) }));
  for (const { message } of warnings) printAside(`\n${yellow('warning:')} ${message}`);
}

/** Every value with its path, in the order of the config. Lists are values. */
function leavesOf(value: unknown, path = ''): [string, string][] {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
  if (!isMap) return [[path, show(value)]];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, path === '' ? key : `${path}.${key}`));
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
