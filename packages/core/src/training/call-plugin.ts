import { isDapoError } from '../errors/dapo-error.js';
import { placedAt } from '../errors/placed-at.js';
import { pluginThrew } from '../errors/run-errors.js';
import type { When } from '../errors/when.js';
import { callBegins, isThenable, settling } from '../plugin/settling.js';
import type { Holder } from './kept-tensors.js';
import type { Placed } from './parts.js';
import { RunStopped } from './run-stopped.js';

type Called = Pick<Placed<unknown>, 'kind' | 'name' | 'path'> & Partial<Placed<unknown>>;

/**
 * Calls into a plugin. What it throws, or rejects with, comes back with its kind, name, path and when it was; the engine's
 * own errors with the path, where they have no place of their own. So does a promise that nothing will ever settle; one
 * that takes long is told of in the log.
 */
export function callPlugin<T>(plugin: Called, when: When, call: () => T): T {
  const named = (error: unknown): never => {
    if (error instanceof RunStopped) throw error;
    if (isDapoError(error)) throw placedAt(error, plugin.path);
    throw pluginThrew(plugin.kind, plugin.name, plugin.path, when, error);
  };
  const begun = callBegins();
  const waitFor = (promise: PromiseLike<unknown>): Promise<unknown> => {
    const { kind, name, path, waits } = plugin;
    return settling(
      promise,
      { plugin: `${kind} ${name}`, when, path, computes: kind === 'policy', waiting: waits?.of(path) },
      begun,
    );
  };
  try {
    const result = plugin.kept ? plugin.kept.counting(plugin as Holder, call) : call();
    return isThenable(result) ? (waitFor(result).catch(named) as T) : result;
  } catch (error) {
    return named(error);
  }
}
