import {
  DapoProblems,
  describeConfig,
  loadConfig,
  optionsSchema,
  resolveUserConfig,
  type Plugin,
  type UserConfig,
  type UserConfigResolution,
} from '@dapo/core';
import manifest from '@dapo/plugins';
import { readCatalogue } from '../catalogue.js';
import { presetWithFile } from '../command-error.js';
import { engineOptions, type ExecOptions } from '../engine.js';
import { configSchema } from '../reference/config-schema.js';
import { showValue } from '../render/format.js';
import { table } from '../render/table.js';
import { techniqueRows } from '../render/technique-table.js';
import { coloursOf, print, printAside, printJson, widthOf } from '../terminal.js';

interface ConfigCommandOptions extends ExecOptions {
  readonly set?: readonly string[];
  readonly preset?: string;
  readonly schema?: true;
  readonly json?: true;
}

export async function showConfig(
  file: string | undefined,
  { set, preset, schema, json, exec }: ConfigCommandOptions,
): Promise<void> {
  if (schema) return printJson(configSchema(readCatalogue()));
  if (preset !== undefined && file !== undefined) throw presetWithFile(preset, file);
  const { config, provenance, problems, warnings } = await (preset === undefined
    ? resolveFile(file, set, exec)
    : resolvePreset(preset, set));
  if (!config) throw new DapoProblems(problems);
  const described: Record<string, unknown> = { ...describeConfig(config) };
  if (preset !== undefined) delete described['prompts'];
  if (json) return printJson({ config: described, origins: Object.fromEntries(provenance) });
  const { dim, cyan, yellow } = coloursOf(process.stdout);
  const width = widthOf(process.stdout);
  if (preset !== undefined) {
    const techniques = techniqueRows({ config: described, origins: provenance, plugins: readCatalogue().plugins });
    const head = ['technique', 'plugin', 'numbers', 'source'].map(dim);
    print(
      table(
        techniques.map(([path = '', ...cells]) => [cyan(path), ...cells]),
        { head, width },
      ),
    );
    print(dim('[…]: who says so, where it is not the default of the plugin. Every value of a run with it:\n'));
  }
  const rows = leavesOf(described).map(([path, value]) => [cyan(path), value, dim(provenance.get(path) ?? '')]);
  print(table(rows, { head: ['path', 'value', 'from'].map(dim), width }));
  for (const { message } of warnings) printAside(`\n${yellow('warning:')} ${message}`);
}

async function resolveFile(
  file: string | undefined,
  set: readonly string[] | undefined,
  exec: boolean | undefined,
): Promise<UserConfigResolution> {
  const engine = engineOptions({ exec });
  return resolveUserConfig(await loadConfig({ ...engine, file, set }), engine);
}

/** A preset names no prompts, and without any there is no config: some stand in, and are not shown. */
async function resolvePreset(preset: string, set: readonly string[] | undefined): Promise<UserConfigResolution> {
  const standIn = await somePrompts();
  const config = { extends: preset, prompts: { train: standIn, heldOut: standIn } } as UserConfig;
  return resolveUserConfig(config, engineOptions({}, set));
}

/** The first source of prompts that needs no options. */
async function somePrompts(): Promise<string | undefined> {
  for (const [name, load] of Object.entries(manifest.plugins.prompts ?? {})) {
    if (optionsSchema((await load()).default as Plugin).safeParse({}).success) return name;
  }
  return undefined;
}

/** Every value with its path, in the order of the config. Lists are values. */
function leavesOf(value: unknown, path = ''): [string, string][] {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
  if (!isMap) return [[path, showValue(value)]];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, path === '' ? key : `${path}.${key}`));
}
