import { DapoProblems, isDapoError, loadConfig, validate, type DapoError } from '@dapo/core';
import { engineOptions, type ExecOptions } from '../engine.js';
import { exitCodes } from '../exit-codes.js';
import { describeError } from '../report-error.js';
import { coloursOf, print, printJson } from '../terminal.js';

interface ValidateOptions extends ExecOptions {
  readonly set?: readonly string[];
  readonly json?: true;
  readonly verbose?: true;
}

export async function validateConfig(file: string | undefined, options: ValidateOptions): Promise<void> {
  const { problems, warnings } = await check(file, options);
  if (problems.length > 0) process.exitCode = exitCodes.failed;
  if (options.json) return printJson({ problems: problems.map(asJson), warnings: warnings.map(asJson) });
  const colours = coloursOf(process.stdout);
  for (const problem of problems) print(`${describeError(problem, options.verbose === true, colours)}\n`);
  for (const warning of warnings) print(`${colours.yellow('warning:')} ${warning.message}\n`);
  print(verdict(problems.length, warnings.length));
}

/** Problems of the file itself, found before there is a config to check, count like any other. */
async function check(
  file: string | undefined,
  { set, exec }: Pick<ValidateOptions, 'set' | 'exec'>,
): ReturnType<typeof validate> {
  const engine = engineOptions({ exec });
  try {
    return await validate(await loadConfig({ ...engine, file, set }), engine);
  } catch (error) {
    if (!isDapoError(error)) throw error;
    return { problems: error instanceof DapoProblems ? error.problems : [error], warnings: [] };
  }
}

function verdict(problems: number, warnings: number): string {
  if (problems + warnings === 0) return 'The config is valid.';
  const some = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
  if (problems === 0) return `The config is valid, with ${some(warnings, 'warning')}.`;
  return `${some(problems, 'problem')}${warnings > 0 ? ` and ${some(warnings, 'warning')}` : ''} found.`;
}

function asJson({ code, message, path, location, expected, received, nearest, hint }: DapoError): object {
  return { code, message: message.split('\n')[0], path, location, expected, received, nearest, hint };
}
