import type { Place } from '../errors/config-errors.js';
import type { DapoError } from '../errors/dapo-error.js';
import { badDefinition, duplicatePlugin, listedPluginFailed, manifestMismatch } from '../errors/plugin-errors.js';
import { nearestName } from '../errors/nearest-name.js';
import { isPlugin, type Plugin } from './define-plugin.js';
import { kinds, type Kind } from './kinds.js';
import type { FoundPlugin, LazyPlugin, PluginManifest } from './manifest.js';

interface Entry {
  readonly origin: string;
  find(): Promise<FoundPlugin>;
}

/** Keys of a config that no option and no slot may take. */
const RESERVED = ['use', 'weight', 'extends', '$import'];

/**
 * The plugins that a config may name: those of the manifests, imported when they are first asked for, and what was
 * registered beside them. Names are unique within a kind.
 */
export class PluginRegistry {
  private readonly entries = new Map<Kind, Map<string, Entry>>();
  /** What is wrong with the manifests themselves. */
  readonly problems: DapoError[] = [];

  constructor(readonly manifests: readonly PluginManifest[]) {
    for (const manifest of manifests) this.addManifest(manifest);
  }

  /** Names of a kind, sorted. */
  names(kind: Kind): string[] {
    return [...(this.entries.get(kind)?.keys() ?? [])].sort();
  }

  /** Kinds that have a plugin of this name. */
  kindsOf(name: string): Kind[] {
    return (Object.keys(kinds) as Kind[]).filter((kind) => this.entries.get(kind)?.has(name));
  }

  /**
   * The plugin of a kind and name; undefined where there is none.
   *
   * @throws DapoError where its file can't be imported or isn't what the manifest says
   */
  async find(kind: Kind, name: string): Promise<FoundPlugin | undefined> {
    return this.entries.get(kind)?.get(name)?.find();
  }

  /** Every plugin of a kind, sorted by name; those that can't be imported are left out. */
  async all(kind: Kind): Promise<FoundPlugin[]> {
    const found = await Promise.allSettled(this.names(kind).map((name) => this.find(kind, name)));
    return found.flatMap((result) => (result.status === 'fulfilled' && result.value ? [result.value] : []));
  }

  /** Adds a plugin; gives the problem where it can't be added. */
  register(found: FoundPlugin, place?: Place): DapoError | undefined {
    const { plugin, origin } = found;
    const bad = definitionProblem(plugin, origin);
    if (bad) return bad;
    return this.add(plugin.kind, plugin.name, { origin, find: () => Promise.resolve(found) }, place);
  }

  /** Plugins can be added to the copy without being seen by the original: one config's plugins are not another's. */
  copy(): PluginRegistry {
    const copy = new PluginRegistry([]);
    copy.problems.push(...this.problems);
    for (const [kind, entries] of this.entries) copy.entries.set(kind, new Map(entries));
    return copy;
  }

  private addManifest({ name: packageName, version, plugins, code }: PluginManifest): void {
    const origin = `${packageName}@${version}`;
    for (const [kind, entries] of Object.entries(plugins) as [Kind, Record<string, LazyPlugin>][]) {
      for (const [name, load] of Object.entries(entries)) {
        const problem = this.add(kind, name, {
          origin,
          find: once(async () => ({ ...(await importListed(origin, kind, name, load)), code: code?.[0] })),
        });
        if (problem) this.problems.push(problem);
      }
    }
  }

  private add(kind: Kind, name: string, entry: Entry, place?: Place): DapoError | undefined {
    const ofKind = this.entries.get(kind) ?? new Map<string, Entry>();
    this.entries.set(kind, ofKind);
    const known = ofKind.get(name);
    if (known) return duplicatePlugin(place, kind, name, known.origin, entry.origin);
    ofKind.set(name, entry);
    return undefined;
  }
}

/** What is wrong with a definition, whoever wrote it. */
export function definitionProblem(plugin: Plugin, origin: string): DapoError | undefined {
  const label = `${plugin.kind} ${plugin.name}`;
  if (!Object.hasOwn(kinds, plugin.kind)) {
    return badDefinition(
      origin,
      label,
      `there is no kind «${plugin.kind}»`,
      nearestName(plugin.kind, Object.keys(kinds)),
    );
  }
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(plugin.name)) {
    return badDefinition(origin, label, 'a name is lower case, its words joined by -');
  }
  if (typeof (plugin.create as unknown) !== 'function')
    return badDefinition(origin, label, 'it has no function «create»');
  const options = Object.keys(plugin.options?.shape ?? {});
  const slots = Object.keys(plugin.slots ?? {});
  const reserved = [...options, ...slots].find((key) => RESERVED.includes(key));
  if (reserved) return badDefinition(origin, label, `the key «${reserved}» is the engine's`);
  const both = slots.find((slot) => options.includes(slot));
  return both ? badDefinition(origin, label, `«${both}» is both an option and a slot`) : undefined;
}

async function importListed(origin: string, kind: Kind, name: string, load: LazyPlugin): Promise<FoundPlugin> {
  let plugin: unknown;
  try {
    plugin = (await load()).default;
  } catch (error) {
    throw listedPluginFailed(origin, `${kind} ${name}`, error);
  }
  if (!isPlugin(plugin)) throw manifestMismatch(origin, `${kind} ${name}`, 'something that is no plugin');
  if (plugin.kind !== kind || plugin.name !== name) {
    throw manifestMismatch(origin, `${kind} ${name}`, `${plugin.kind} ${plugin.name}`);
  }
  const problem = definitionProblem(plugin, origin);
  if (problem) throw problem;
  return { plugin, origin };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
