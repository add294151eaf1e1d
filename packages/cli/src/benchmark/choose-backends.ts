import { optionsSchema, z, type Backend, type Plugin } from '@dapo/core';
import shipped from '@dapo/plugins';
import { unknownBackend } from '../command-error.js';
import type { ChosenBackend } from './run-benchmark.js';

/**
 * The backends named, or all that this machine has.
 *
 * @param threads for those that have such an option
 * @throws CommandError where none has the name
 */
export async function choose(
  names: readonly string[] | undefined,
  threads: number | undefined,
): Promise<ChosenBackend[]> {
  const loaders = shipped.plugins.backend ?? {};
  const chosen: ChosenBackend[] = [];
  for (const name of names ?? Object.keys(loaders)) {
    const load = loaders[name];
    if (!load) throw unknownBackend(name, Object.keys(loaders));
    const plugin = (await load()).default as Plugin<'backend'>;
    if (names === undefined && !(await isThere(plugin))) continue;
    const options = threads !== undefined && hasThreads(plugin) ? { threads } : {};
    const set = [`backend=${name}`, ...Object.entries(options).map(([key, value]) => `backend.${key}=${value}`)];
    chosen.push({ name, options, set });
  }
  return chosen;
}

async function isThere(plugin: Plugin<'backend'>): Promise<boolean> {
  const backend: Backend = await plugin.create(optionsSchema(plugin).parse({}), {});
  return (await backend.available()).ok;
}

function hasThreads(plugin: Plugin<'backend'>): boolean {
  const { properties = {} } = z.toJSONSchema(optionsSchema(plugin), { io: 'input', unrepresentable: 'any' });
  return 'threads' in properties;
}
