import { DapoError } from './dapo-error.js';

/**
 * The same error with a path in the config, where it has no place yet: what is thrown within a plugin is told with
 * where the plugin stands.
 */
export function placedAt(error: DapoError, path: string): DapoError {
  const { code, location, expected, received, nearest, hint } = error;
  if (error.path !== undefined || location !== undefined || 'problems' in error) return error;
  const [message] = error.message.split('\n') as [string];
  return new DapoError({ code, message, path, expected, received, nearest, hint, cause: error });
}
