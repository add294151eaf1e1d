import type { DapoProblems } from '@dapo/core';
import { exitCodes } from './exit-codes.js';
import { coloursOf, printAside, type Colours } from './terminal.js';

const LABEL = /^( {2}(?:where|expected|received|nearest|do): +)/gm;

/**
 * Prints what went wrong: an error made for people as its text, anything else as a bug. Stacks only where asked for.
 *
 * @returns the exit code
 */
export function reportError(error: unknown, verbose: boolean): number {
  if (isCommanderError(error)) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  printAside(describeError(error, verbose, coloursOf(process.stderr)));
  return exitCodes.failed;
}

export function describeError(error: unknown, verbose: boolean, colours: Colours): string {
  if (!hasProblems(error)) return describeOne(error, verbose, colours);
  const each = error.problems.map((problem) => describeOne(problem, verbose, colours));
  return each.length === 1 ? each[0]! : [...each, `${each.length} problems found.`].join('\n\n');
}

function describeOne(error: unknown, verbose: boolean, colours: Colours): string {
  const forPeople = isForPeople(error);
  const text = error instanceof Error ? error.message : String(error);
  const [first = '', ...rest] = text.split('\n');
  const code = forPeople ? colours.dim(` ${String(Reflect.get(error, 'code'))}`) : '';
  const lines = [colours.red(colours.bold('error: ') + first) + code];
  if (rest.length > 0) lines.push(rest.join('\n').replace(LABEL, (label) => colours.dim(label)));
  if (!forPeople) lines.push(bugHint(verbose));
  if (verbose) lines.push(colours.dim(stackOf(error)));
  return lines.join('\n');
}

function hasProblems(error: unknown): error is DapoProblems {
  return isForPeople(error) && 'problems' in error;
}

/** Help, the version or a usage error: commander has printed it already. */
function isCommanderError(error: unknown): error is Error & { readonly exitCode: number } {
  return error instanceof Error && 'exitCode' in error && String(Reflect.get(error, 'code')).startsWith('commander.');
}

/** Recognised by name, so that the engine isn't loaded for it. */
function isForPeople(error: unknown): error is Error {
  return error instanceof Error && (error.name === 'DapoError' || error.name === 'CommandError');
}

function bugHint(verbose: boolean): string {
  const where = verbose ? 'The stack is below.' : 'Run it again with --verbose for the stack.';
  return `  This is a bug in dapo or in a plugin. ${where}`;
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const stack = error.stack?.slice(error.stack.indexOf('\n    at ') + 1) ?? '';
  return error.cause === undefined ? stack : `${stack}\ncaused by: ${causeOf(error.cause)}`;
}

function causeOf(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
