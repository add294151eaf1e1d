import { DapoError, isDapoError, sentenceOf } from './dapo-error.js';

/**
 * The same error with a path in the config, where it has no place yet: what is thrown within a plugin is told with
 * where the plugin stands.
 */
export function placedAt(error: DapoError, path: string): DapoError {
  const { code, location, expected, received, nearest, hint } = error;
  if (error.path !== undefined || location !== undefined || 'problems' in error) return error;
  const message = sentenceOf(error);
  return new DapoError({ code, message, path, expected, received, nearest, hint, cause: error });
}

/**
 * What a plugin got wrong at the boundary, with the step of the run that it happened in, where its sentence doesn't say.
 *
 * @param step counts from 0
 */
export function atStep(error: unknown, step: number): unknown {
  if (!isDapoError(error) || !error.code.startsWith('DAPO_PLUGIN_') || error.step !== undefined) return error;
  const message = sentenceOf(error);
  if (message.includes('rollout step')) return error;
  const { code, path, location, expected, received, nearest, hint, cause } = error;
  return new DapoError({ code, message, path, location, step, expected, received, nearest, hint, cause });
}
