import { availableParallelism } from 'node:os';
import { loadConfig, resolveUserConfig, z } from '@dapo/core';
import { engineOptions, type ExecOptions } from '../engine.js';

/**
 * Overrides that give each of several processes its share of the cores, so that they don't wait for each other and a
 * run takes as long in any study of so many jobs. None where the config says the threads itself, or its backend has no
 * such option.
 *
 * @example on 8 cores, for 2 jobs → ['backend.threads=4']
 */
export async function coreShare(
  file: string | undefined,
  set: readonly string[],
  jobs: number,
  exec: ExecOptions,
  cores = availableParallelism(),
): Promise<string[]> {
  const engine = engineOptions(exec);
  const { config, plugins } = await resolveUserConfig(await loadConfig({ ...engine, file, set }), engine);
  const options = plugins.get('backend')?.plugin.options;
  if (!config || !options) return [];
  const { properties = {} } = z.toJSONSchema(options, { io: 'input', unrepresentable: 'any' });
  const said = (config.backend.options as { readonly threads?: unknown } | undefined)?.threads !== undefined;
  return 'threads' in properties && !said ? [`backend.threads=${Math.max(1, Math.floor(cores / jobs))}`] : [];
}
