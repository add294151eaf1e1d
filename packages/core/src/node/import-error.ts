import fs from 'node:fs/promises';
import { moduleThrew, syntaxError } from '../errors/config-file-errors.js';
import { isDapoError, type DapoError, type Location } from '../errors/dapo-error.js';

/** What an import threw, with the line of the file that it is about. */
export async function importError(error: unknown, file: string): Promise<DapoError> {
  if (isDapoError(error)) return error;
  if (!(error instanceof Error)) return moduleThrew({ file }, error);
  const syntax = /^ParseError: ([^\n]*)\n ?(.+):(\d+):(\d+)$/.exec(error.message);
  if (syntax) {
    const [, message, where, line, column] = syntax as unknown as [string, string, string, string, string];
    // Babel counts columns from 0.
    const location = { file: where, line: Number(line), column: Number(column) + 1 };
    return syntaxError(location, error, message.trim());
  }
  const frame = firstFrame(error);
  return moduleThrew((await importedBy(error)) ?? (frame && (await asWritten(frame))) ?? { file }, error);
}

/** The line that imports what isn't there. */
async function importedBy(error: Error): Promise<Location | undefined> {
  const [file] = (error as { readonly requireStack?: readonly string[] }).requireStack ?? [];
  const specifier = /^Cannot find module '([^']+)'/.exec(error.message)?.[1];
  if (file === undefined || specifier === undefined) return undefined;
  const lines = (await fs.readFile(file, 'utf8')).split('\n');
  const at = lines.findIndex((line) => line.includes(specifier));
  return at < 0 ? { file } : { file, line: at + 1, column: lines[at]!.indexOf(specifier) + 1 };
}

/** Columns of a stack are those of the code that the loader made; one beyond its line would only mislead. */
async function asWritten(location: Location): Promise<Location> {
  const { file, line = 1, column = 1 } = location;
  const text = (await fs.readFile(file, 'utf8').catch(() => '')).split('\n')[line - 1];
  return text === undefined || text.length < column ? { file, line } : location;
}

/** The first line of the stack that isn't of Node or of the loader. */
function firstFrame(error: Error): Location | undefined {
  for (const frame of error.stack?.split('\n') ?? []) {
    const place = /^\s+at .*?(?:file:\/\/)?((?:\/|[A-Za-z]:[\\/])[^:]*):(\d+):(\d+)\)?$/.exec(frame);
    if (!place || /[\\/]jiti[\\/]dist[\\/]|\bnode:/.test(frame)) continue;
    return { file: place[1]!, line: Number(place[2]), column: Number(place[3]) };
  }
  return undefined;
}
