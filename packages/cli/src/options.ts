import { InvalidArgumentError, Option } from './commander.js';

/** Options that several commands share: said once, so that they mean the same everywhere. */

export const configArgument = 'config file; without one, dapo.config.* here or in a folder above';

export function setOption() {
  return new Option('--set <path=value>', 'change a value of the config; may be given again (value in YAML)').argParser(
    (text: string, earlier: string[] | undefined) => [...(earlier ?? []), text],
  );
}

export function noExecOption() {
  return new Option('--no-exec', 'run no code: a config in YAML or JSON, and shipped plugins alone');
}

export function seedOption() {
  return new Option('--seed <number>', 'seed of every random number').argParser(wholeNumber);
}

export function stepsOption(description: string) {
  return new Option('--steps <number>', description).argParser(positiveNumber);
}

export function backendOption() {
  return new Option('--backend <name>', 'tensor backend: dapo doctor shows what there is');
}

export function threadsOption() {
  return new Option(
    '--threads <number>',
    'threads that compute; the results are the same for any number (default: all cores that the process may use)',
  ).argParser(positiveNumber);
}

export function jsonOption(description: string) {
  return new Option('--json', description);
}

export function verboseOption() {
  return new Option('--verbose', 'say more, with the stack of errors');
}

export function quietOption() {
  return new Option('--quiet', 'warnings and the summary only').conflicts('verbose');
}

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It is not a whole number.');
  return Number(text);
}

export function positiveNumber(text: string): number {
  const number = wholeNumber(text);
  if (number === 0) throw new InvalidArgumentError('It is not above 0.');
  return number;
}

/** A number above 0 that may have decimals. */
export function positiveDecimal(text: string): number {
  const number = text.trim() === '' ? NaN : Number(text);
  if (!Number.isFinite(number) || number <= 0) throw new InvalidArgumentError('It is not a number above 0.');
  return number;
}

/** A number above 0 and up to 1. */
export function positiveShare(text: string): number {
  const share = positiveDecimal(text);
  if (share > 1) throw new InvalidArgumentError('It is not a number up to 1.');
  return share;
}

/** A number of 0 or more that may have decimals. */
export function decimal(text: string): number {
  const number = text.trim() === '' ? NaN : Number(text);
  if (!Number.isFinite(number) || number < 0) throw new InvalidArgumentError('It is not a number of 0 or more.');
  return number;
}
