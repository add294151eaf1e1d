import type { Place } from './config-errors.js';
import { DapoError, type Location } from './dapo-error.js';
import { nearestName } from './nearest-name.js';
import { causeText, listNames, showValue } from './wording.js';

/** No config in a folder. */
export function configNotFound(folder: string, places: readonly string[]): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_NOT_FOUND',
    message: `There is no config in ${folder}.`,
    expected: listNames(places),
    hint: 'name one, change into its folder, or begin an experiment: dapo init',
  });
}

/** A config file that is named isn't there. */
export function configFileMissing(file: string): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_FILE_MISSING',
    message: 'There is no such config file.',
    location: { file },
    hint: 'relative paths start from the folder in which the command runs',
  });
}

/** A config file with an ending that nothing reads. */
export function configFileUnreadable(file: string, known: readonly string[]): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_FILE_UNREADABLE',
    message: 'A config of this kind can not be read.',
    location: { file },
    expected: `a file that ends in ${listNames(known)}`,
  });
}

/** A config file without content. */
export function configEmpty(file: string): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_EMPTY',
    message: 'The config is empty.',
    location: { file },
    hint: "five lines are enough; extends: 'dapo' brings the rest",
  });
}

/** A config module that exports no config. */
export function configWithoutDefault(file: string, exported: readonly string[]): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_NO_DEFAULT_EXPORT',
    message: 'The config has no default export.',
    location: { file },
    expected: 'export default defineConfig({ … })',
    received: exported.length > 0 ? `exports ${exported.join(', ')}` : 'no exports',
  });
}

/** Something else than keys and values. */
export function configNotAMap(location: Location, received: unknown): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_NOT_A_MAP',
    message: 'A config is a map of keys and values.',
    location,
    received: showValue(received),
  });
}

/** A config or plugin file that no parser understands. */
export function syntaxError(location: Location, cause: unknown, message = causeText(cause)): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_SYNTAX',
    message: `This can not be parsed: ${message}`,
    location,
    cause,
  });
}

/** A config or plugin file that threw while it was imported. */
export function moduleThrew(location: Location, cause: unknown): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_MODULE_THREW',
    message: `This could not be imported: ${causeText(cause)}`,
    location,
    cause,
  });
}

/** A config that is code, where code may not run. */
export function codeRefused(file: string): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_CODE_REFUSED',
    message: 'This is code, and code is not to be run.',
    location: { file },
    expected: 'a config in YAML or JSON, and plugins by name',
    hint: 'read it; where you trust it, leave out --no-exec (noExec in the library)',
  });
}

/** `extends` names no preset. */
export function unknownPreset(place: Place, name: string, known: readonly string[]): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_UNKNOWN_PRESET',
    message: `There is no preset «${name}».`,
    ...place,
    expected: `${listNames(known, 'no presets are known')}, a path that begins with ./, or an npm package`,
    nearest: nearestName(name, known),
  });
}

/** `extends` names a file that isn't there. */
export function baseMissing(place: Place, specifier: string): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_BASE_MISSING',
    message: `There is no file ${specifier} to extend.`,
    ...place,
    hint: 'relative paths start from the folder of the file that names them',
  });
}

/** `extends` names a package that can't be imported. */
export function baseImportFailed(place: Place, specifier: string, cause: unknown): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_BASE_IMPORT_FAILED',
    message: `The package «${specifier}» could not be imported: ${causeText(cause)}`,
    ...place,
    hint: `install it beside the config: npm install ${specifier}`,
    cause,
  });
}

/** `extends` comes back to where it began. */
export function extendsCycle(place: Place, chain: readonly string[]): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_EXTENDS_CYCLE',
    message: `The config extends itself: ${chain.join(' → ')}.`,
    ...place,
    hint: 'take out one of these',
  });
}

/** A `--set` that isn't `path=value`. */
export function malformedOverride(text: string, reason: string): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_MALFORMED_OVERRIDE',
    message: `--set ${text}: ${reason}`,
    expected: 'path=value, the value in YAML: loss.clip.high=0.28, rewards.length=false, sampler=standard',
  });
}
