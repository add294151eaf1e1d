import type { Place } from './config-errors.js';
import type { PackageFacts } from '../plugin/module-loader.js';
import { DapoError, isDapoError } from './dapo-error.js';
import { nearestName } from './nearest-name.js';
import { causeText, listNames } from './wording.js';

/** No plugin of the kind has this name. `aliased`: one that is also known as it. */
export function unknownPlugin(
  place: Place,
  kind: string,
  name: string,
  known: readonly string[],
  aliased?: string,
): DapoError {
  return new DapoError({
    code: 'DAPO_PLUGIN_UNKNOWN',
    message: `There is no ${kind} «${name}».`,
    ...place,
    expected: listNames(known, `no plugin of the kind ${kind} is known`),
    nearest: aliased ?? nearestName(name, known),
    hint: 'a plugin of your own is named by its file, ./my-plugin.ts, or by its package',
  });
}

/** The name is that of a plugin of another kind. */
export function wrongKind(
  place: Place,
  name: string,
  kind: string,
  actual: readonly string[],
  known: readonly string[],
): DapoError {
  return new DapoError({
    code: 'DAPO_PLUGIN_WRONG_KIND',
    message: `«${name}» is a plugin of the kind ${listNames(actual)}, not ${kind}.`,
    ...place,
    expected: listNames(known, `a plugin of the kind ${kind}`),
    nearest: nearestName(name, known),
    hint: `name a ${kind} here, and move this one to the place of its kind`,
  });
}

/** The file or package of a plugin can't be imported; `of`: the plugin that works with it, where it is none itself. */
export function pluginImportFailed(place: Place, specifier: string, cause: unknown, of?: string): DapoError {
  const told = isDapoError(cause) ? cause : undefined;
  return new DapoError({
    code: 'DAPO_PLUGIN_IMPORT_FAILED',
    message: `${of ? `${of}:` : 'The plugin'} «${specifier}» could not be imported: ${causeText(told?.cause ?? cause)}`,
    path: place.path,
    location: told?.location ?? place.location,
    hint: isMissing(cause) ? `install it beside the config: npm install ${specifier}` : told?.hint,
    cause,
  });
}

/** Whether it was the package itself that Node did not find. */
function isMissing(cause: unknown): boolean {
  const { code } = (cause ?? {}) as { readonly code?: unknown };
  return code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';
}

/** A module that exports no plugin. */
export function notAPlugin(place: Place, specifier: string, exported: readonly string[]): DapoError {
  return new DapoError({
    code: 'DAPO_PLUGIN_NOT_A_PLUGIN',
    message: `«${specifier}» exports no plugin.`,
    ...place,
    expected: 'export default definePlugin({ kind, name, create })',
    received: exported.length > 0 ? `exports ${exported.join(', ')}` : 'no exports',
  });
}

/** A module with several plugins of the kind, and nothing that says which. */
export function ambiguousPlugin(place: Place, specifier: string, kind: string, names: readonly string[]): DapoError {
  return new DapoError({
    code: 'DAPO_PLUGIN_AMBIGUOUS',
    message: `«${specifier}» has more than one plugin of the kind ${kind}.`,
    ...place,
    expected: listNames(names.map((name) => `${specifier}#${name}`)),
  });
}

/** `package#name`, where the package has no such plugin. */
export function noSuchPluginInModule(
  place: Place,
  specifier: string,
  kind: string,
  name: string,
  names: readonly string[],
): DapoError {
  const nearest = nearestName(name, names);
  return new DapoError({
    code: 'DAPO_PLUGIN_NOT_IN_MODULE',
    message: `«${specifier}» has no ${kind} «${name}».`,
    ...place,
    expected: listNames(
      names.map((known) => `${specifier}#${known}`),
      `a plugin of the kind ${kind}`,
    ),
    nearest: nearest && `${specifier}#${nearest}`,
  });
}

/** Two plugins of one kind and name. `place` is undefined where manifests list both. */
export function duplicatePlugin(
  place: Place | undefined,
  kind: string,
  name: string,
  first: string,
  second: string,
): DapoError {
  return new DapoError({
    code: 'DAPO_PLUGIN_DUPLICATE',
    message: `There are two plugins of the kind ${kind} with the name «${name}».`,
    ...place,
    expected: 'a name of its own for each',
    received: `${first} and ${second}`,
    hint: 'rename one of them',
  });
}

/** A plugin that was made for another version of the plugin contract. */
export function pluginOfOtherCore(place: Place, specifier: string, brand: string, ours: string): DapoError {
  return new DapoError({
    code: 'DAPO_PLUGIN_OTHER_CORE',
    message: `«${specifier}» was made by another version of @dapo/core: it carries another brand.`,
    ...place,
    expected: ours,
    received: brand,
    hint: 'two copies of @dapo/core are installed; npm ls @dapo/core shows them: bring both to one version',
  });
}

/** A package of plugins that is made for other versions of the engine. */
export function engineMismatch(
  place: Place,
  { name, version, file }: PackageFacts,
  range: string,
  ours: string,
): DapoError {
  return new DapoError({
    code: 'DAPO_PLUGIN_ENGINE_MISMATCH',
    message: `${name}@${version} is made for @dapo/core ${range}, and this is ${ours}.`,
    path: place.path,
    location: { file },
    expected: `@dapo/core ${range}`,
    received: `@dapo/core ${ours}`,
    hint: `look for a version of it that fits: npm view ${name} versions; or bring @dapo/core, @dapo/plugins and @dapo/cli to ${range}`,
  });
}

/** The field `dapo` of a package of plugins can't be understood. */
export function packageFieldWrong(
  place: Place,
  { name, file }: PackageFacts,
  at: string,
  reason: string,
  known: readonly string[],
): DapoError {
  return new DapoError({
    code: 'DAPO_PLUGIN_PACKAGE_FIELD',
    message: `The package.json of «${name}» says nothing usable at ${at}: ${reason}.`,
    path: place.path,
    location: { file },
    expected: `"dapo": { "engine": "^0.1.0", "plugins": { "KIND": ["NAME"] } }; kinds: ${known.join(', ')}`,
    hint: 'mend it, or tell its author; a kind that this engine does not know is one of a newer engine',
  });
}

/** A package of plugins that doesn't hold what its package.json says. */
export function packageMismatch(
  place: Place,
  { name, file }: PackageFacts,
  said: readonly string[],
  there: readonly string[],
): DapoError {
  return new DapoError({
    code: 'DAPO_PLUGIN_PACKAGE_MISMATCH',
    message: `«${name}» does not hold the plugins that its package.json names.`,
    path: place.path,
    location: { file },
    expected: listNames(said),
    received: listNames(there),
    hint: 'build it anew, and mend `dapo.plugins` in its package.json',
  });
}

/** Two copies of @dapo/core in one process: a warning, most of the time they get on. */
export function secondCore(copies: readonly string[]): DapoError {
  return new DapoError({
    code: 'DAPO_PLUGIN_SECOND_CORE',
    message: `A plugin has brought its own copy of @dapo/core: ${copies.length} are loaded.`,
    expected: 'one copy, which all plugins share',
    received: copies.join(' and '),
    hint: 'npm ls @dapo/core shows who wants which; npm dedupe. A plugin names @dapo/core under peerDependencies, never under dependencies',
  });
}

/** A plugin that a manifest lists can't be imported. */
export function listedPluginFailed(origin: string, plugin: string, cause: unknown): DapoError {
  return new DapoError({
    code: 'DAPO_PLUGIN_LISTED_IMPORT_FAILED',
    message: `${plugin} of ${origin} could not be imported: ${causeText(cause)}`,
    hint: 'install the package anew; look at its stack: dapo prints it with --verbose',
    cause,
  });
}

/** A manifest lists a plugin under another kind or name than its own. */
export function manifestMismatch(origin: string, listed: string, actual: string): DapoError {
  return new DapoError({
    code: 'DAPO_PLUGIN_MANIFEST_MISMATCH',
    message: `${origin} lists a plugin under a kind and name that are not its own.`,
    expected: listed,
    received: actual,
    hint: 'mend the index of the package',
  });
}

/** A definition that the engine can't work with. */
export function badDefinition(origin: string, plugin: string, reason: string, nearest?: string): DapoError {
  return new DapoError({
    code: 'DAPO_PLUGIN_BAD_DEFINITION',
    message: `${plugin} is not well defined: ${reason}.`,
    location: { file: origin },
    nearest,
  });
}

/** Plugins in the slots of plugins, without end. */
export function slotsWithoutEnd(path: string, plugin: string): DapoError {
  return new DapoError({
    code: 'DAPO_PLUGIN_SLOTS_WITHOUT_END',
    message: `${plugin} stands within itself without end.`,
    path,
    hint: 'give one of the slots no default',
  });
}
