import { isDapoError } from '../errors/dapo-error.js';
import { pluginThrew } from '../errors/run-errors.js';
import type { Placed } from './parts.js';
import { RunStopped } from './run-stopped.js';

/**
 * Calls into a plugin. What it throws, or rejects with, comes back with its kind, name, path and step; the engine's
 * own errors pass as they are.
 */
export function callPlugin<T>(plugin: Pick<Placed<unknown>, 'kind' | 'name' | 'path'>, step: number, call: () => T): T {
  const named = (error: unknown): never => {
    if (isDapoError(error) || error instanceof RunStopped) throw error;
    throw pluginThrew(plugin.kind, plugin.name, plugin.path, step, error);
  };
  try {
    const result = call();
    return result instanceof Promise ? (result.catch(named) as T) : result;
  } catch (error) {
    return named(error);
  }
}
