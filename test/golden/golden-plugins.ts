import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { instantiate } from '@dapo/core/testing';
import type { Contracts, Kind, Plugin } from '@dapo/core';

/** Where the plugins of a kind stand; a file is named like its plugin. */
const folders = {
  advantage: 'advantages',
  aggregation: 'aggregations',
  correction: 'corrections',
  filter: 'filters',
  loss: 'losses',
  'ratio-level': 'losses/ratio-levels',
  'clip-rule': 'losses/clip-rules',
  'kl-term': 'losses/kl-terms',
  optimizer: 'optimizers',
  reward: 'rewards',
  schedule: 'schedules',
} as const satisfies Partial<Record<Kind, string>>;

export type GoldenKind = keyof typeof folders;

/** What a golden name stands for here. */
export interface GoldenPlugin<K extends GoldenKind = GoldenKind> {
  readonly kind: K;
  readonly name: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

function fileOf({ kind, name }: GoldenPlugin): string {
  return fileURLToPath(new URL(`../../packages/plugins/src/${folders[kind]}/${name}.ts`, import.meta.url));
}

/** Whether we have the plugin: an entry without one is listed, not failed. */
export function hasPlugin(plugin: GoldenPlugin): boolean {
  return existsSync(fileOf(plugin));
}

/** The plugin of a golden name. */
export async function loadPlugin(plugin: GoldenPlugin): Promise<Plugin> {
  return ((await import(fileOf(plugin))) as { default: Plugin }).default;
}

/** An instance of the plugin with the options of a golden entry. */
export async function makeInstance<K extends GoldenKind>(
  plugin: GoldenPlugin<K>,
  deps: Readonly<Record<string, unknown>> = {},
): Promise<Contracts[K]> {
  return (await instantiate(await loadPlugin(plugin), plugin.options, deps)) as Contracts[K];
}
