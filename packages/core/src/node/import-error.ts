import { moduleThrew, syntaxError } from '../errors/config-file-errors.js';
import { isDapoError, type DapoError, type Location } from '../errors/dapo-error.js';

/** What an import threw, with the line of the file that it is about. */
export function importError(error: unknown, file: string): DapoError {
  if (isDapoError(error)) return error;
  if (!(error instanceof Error)) return moduleThrew({ file }, error);
  const syntax = /^ParseError: ([^\n]*)\n ?(.+):(\d+):(\d+)$/.exec(error.message);
  if (syntax) {
    const [, message, where, line, column] = syntax as unknown as [string, string, string, string, string];
    // Babel counts columns from 0.
    const location = { file: where, line: Number(line), column: Number(column) + 1 };
    return syntaxError(location, error, message.trim());
  }
  return moduleThrew(requiredBy(error) ?? firstFrame(error) ?? { file }, error);
}

/** The module that asked for one that isn't there. */
function requiredBy(error: Error): Location | undefined {
  const { requireStack } = error as { readonly requireStack?: readonly string[] };
  return requireStack?.[0] === undefined ? undefined : { file: requireStack[0] };
}

/** The first line of the stack that isn't of Node or of the loader. */
function firstFrame(error: Error): Location | undefined {
  for (const frame of error.stack?.split('\n') ?? []) {
    const place = /^\s+at .*?(?:file:\/\/)?((?:\/|[A-Za-z]:[\\/])[^:]*):(\d+):(\d+)\)?$/.exec(frame);
    if (!place || /[\\/]jiti[\\/]dist[\\/]/.test(frame)) continue;
    return { file: place[1]!, line: Number(place[2]), column: Number(place[3]) };
  }
  return undefined;
}
