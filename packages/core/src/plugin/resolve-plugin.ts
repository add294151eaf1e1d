import type { Place } from '../errors/config-errors.js';
import type { DapoError } from '../errors/dapo-error.js';
import {
  ambiguousPlugin,
  noSuchPluginInModule,
  notAPlugin,
  pluginImportFailed,
  pluginOfOtherCore,
  unknownPlugin,
  wrongKind,
} from '../errors/plugin-errors.js';
import { isPlugin, pluginBrand, type Plugin } from './define-plugin.js';
import type { Kind } from './kinds.js';
import type { FoundPlugin } from './manifest.js';
import { isFilePath, isPackageName, type LoadedModule, type ModuleLoader } from './module-loader.js';
import { contentProblem, packageProblem } from './plugin-package.js';
import { definitionProblem, type PluginRegistry } from './registry.js';

export interface PluginRequest {
  readonly kind: Kind;
  /** A name, `./file.ts`, `package` or `package#name`. */
  readonly use: string;
  /** Folder that relative paths start from. */
  readonly folder: string;
  readonly place: Place;
}

/** A plugin with the file that it was read from, where it was. */
export interface ResolvedPlugin extends FoundPlugin {
  readonly file?: string;
}

/**
 * Finds the plugin that a node of a config names.
 *
 * @throws DapoError that says what is known, and what was probably meant
 */
export async function resolvePlugin(
  request: PluginRequest,
  registry: PluginRegistry,
  loader: ModuleLoader,
): Promise<ResolvedPlugin> {
  const { use, kind, folder, place } = request;
  const found = await registry.find(kind, use);
  if (found) return found;
  if (!isFilePath(use) && !isPackageName(use)) throw await nameProblem(request, registry);

  const [specifier, name] = splitSpecifier(use);
  const { module, plugins } = await importPlugins(specifier, folder, place, loader);
  const plugin = choose(request, specifier, name, plugins, module.file);
  const problem = definitionProblem(plugin, module.file);
  if (problem) throw problem;
  return { plugin, origin: originOf(specifier, module), hash: module.hash, file: module.file };
}

/**
 * Imports one entry of `plugins` and registers what it exports.
 *
 * @throws DapoError where it can't be imported, has no plugin, or has one whose name is taken
 */
export async function registerModule(
  specifier: string,
  folder: string,
  place: Place,
  registry: PluginRegistry,
  loader: ModuleLoader,
): Promise<LoadedModule> {
  const { module, plugins } = await importPlugins(specifier, folder, place, loader);
  for (const plugin of plugins) {
    const problem = registry.register({ plugin, origin: originOf(specifier, module), hash: module.hash }, place);
    if (problem) throw problem;
  }
  return module;
}

async function importPlugins(
  specifier: string,
  folder: string,
  place: Place,
  loader: ModuleLoader,
): Promise<{ readonly module: LoadedModule; readonly plugins: readonly Plugin[] }> {
  const module = await importModule(specifier, folder, place, loader);
  const values = [...new Set(Object.values(module.exports))];
  const plugins = values.filter(isPlugin);
  if (plugins.length === 0) throw noPlugin(specifier, place, module, values);
  const problem = contentProblem(module.package, plugins, place);
  if (problem) throw problem;
  return { module, plugins };
}

async function importModule(
  specifier: string,
  folder: string,
  place: Place,
  loader: ModuleLoader,
): Promise<LoadedModule> {
  let refused: DapoError | undefined;
  try {
    return await loader.load(specifier, folder, (facts) => {
      refused = packageProblem(facts, place);
      if (refused) throw refused;
    });
  } catch (error) {
    throw refused ?? pluginImportFailed(place, specifier, error);
  }
}

function noPlugin(specifier: string, place: Place, module: LoadedModule, values: readonly unknown[]): DapoError {
  const ours = Symbol.keyFor(pluginBrand)!;
  const brand = values.map(brandOf).find((key) => key !== undefined);
  if (brand !== undefined) return pluginOfOtherCore(place, specifier, brand, ours);
  return notAPlugin(place, specifier, Object.keys(module.exports));
}

function brandOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertySymbols(value)
    .map((symbol) => Symbol.keyFor(symbol))
    .find((key) => key?.startsWith('@dapo/core/plugin@'));
}

function choose(
  { kind, use, place }: PluginRequest,
  specifier: string,
  name: string | undefined,
  plugins: readonly Plugin[],
  file: string,
): Plugin {
  const ofKind = plugins.filter((plugin) => plugin.kind === kind);
  const names = ofKind.map((plugin) => plugin.name);
  if (name !== undefined) {
    const named = ofKind.find((plugin) => plugin.name === name);
    if (!named) throw noSuchPluginInModule(place, specifier, kind, name, names);
    return named;
  }
  if (ofKind.length === 0) {
    // A misspelt kind is no other kind.
    const misspelt = plugins.map((plugin) => definitionProblem(plugin, file)).find((problem) => problem !== undefined);
    throw misspelt ?? wrongKind(place, use, kind, [...new Set(plugins.map((plugin) => plugin.kind))], []);
  }
  if (ofKind.length > 1) throw ambiguousPlugin(place, specifier, kind, names);
  return ofKind[0]!;
}

async function nameProblem({ kind, use, place }: PluginRequest, registry: PluginRegistry): Promise<DapoError> {
  const known = registry.names(kind);
  const elsewhere = registry.kindsOf(use);
  if (elsewhere.length > 0) return wrongKind(place, use, kind, elsewhere, known);
  const aliased = (await registry.all(kind)).find(({ plugin }) =>
    plugin.alsoKnownAs?.some((alias) => alias.toLowerCase() === use.toLowerCase()),
  );
  return unknownPlugin(place, kind, use, known, aliased?.plugin.name);
}

/** `package#name` → both; a name may follow a file, too. */
function splitSpecifier(use: string): [string, string | undefined] {
  const hash = use.lastIndexOf('#');
  return hash > 0 ? [use.slice(0, hash), use.slice(hash + 1)] : [use, undefined];
}

function originOf(specifier: string, { file, version }: LoadedModule): string {
  return isFilePath(specifier) ? file : `${specifier}@${version ?? 'unknown'}`;
}
