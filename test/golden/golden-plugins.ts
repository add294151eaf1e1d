import { instantiate } from '@dapo/core/testing';
import manifest from '@dapo/plugins';
import type { Contracts, Kind, Plugin } from '@dapo/core';

/** What a golden name stands for here. */
export interface GoldenPlugin<K extends Kind = Kind> {
  readonly kind: K;
  readonly name: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** Whether we have the plugin: an entry without one is listed, not failed. */
export function hasPlugin({ kind, name }: GoldenPlugin): boolean {
  return manifest.plugins[kind]?.[name] !== undefined;
}

/** The plugin of a golden name. */
export async function loadPlugin({ kind, name }: GoldenPlugin): Promise<Plugin> {
  return (await manifest.plugins[kind]![name]!()).default as Plugin;
}

/** An instance of the plugin with the options of a golden entry. */
export async function makeInstance<K extends Kind>(
  plugin: GoldenPlugin<K>,
  deps: Readonly<Record<string, unknown>> = {},
): Promise<Contracts[K]> {
  return (await instantiate(await loadPlugin(plugin), plugin.options, deps)) as Contracts[K];
}
