import type { LoadedConfig } from '../config/layers.js';
import { asLoadedConfig } from '../config/resolve-user-config.js';
import type { UserConfig } from '../config/user-config.js';
import { checkpointMissing } from '../errors/run-errors.js';
import type { FoundPlugin } from '../plugin/manifest.js';
import type { Modules } from '../plugin/module-loader.js';
import { newestCheckpoint } from './checkpoint.js';
import { engineVersions } from './engine-versions.js';
import type { Host } from './host.js';
import { readRunManifest, type RunManifest } from './run-files.js';

/** A run as it lies in its folder. */
export interface SavedRun {
  readonly manifest: RunManifest;
  /** The config that the run was started with: for `createRun`. */
  readonly config: LoadedConfig;
  /** Folder of its newest checkpoint. */
  readonly checkpoint: string;
}

/**
 * Reads what a run folder says of its run.
 *
 * @throws DapoError where there is no run, or none that has saved a checkpoint
 */
export async function openRun(folder: string, options: { readonly host?: Host } = {}): Promise<SavedRun> {
  const host = options.host ?? (await import('../node/node-host.js')).nodeHost;
  const manifest = await readRunManifest(host, folder);
  const checkpoint = await newestCheckpoint(host, folder);
  if (!manifest || !checkpoint) throw checkpointMissing(folder);
  const config = asLoadedConfig(manifest.config as UserConfig, host.join(folder, 'manifest.json'), manifest.configFolder);
  return { manifest, config, checkpoint };
}

/**
 * What isn't as it was when a run was started, a line each: plugins, their files, versions. Where there is nothing, the
 * run goes on as it would have.
 */
export function changesSince(manifest: RunManifest, plugins: ReadonlyMap<string, FoundPlugin>): string[] {
  return [...changedPlugins(manifest, plugins), ...changedVersions(manifest)];
}

function changedPlugins(manifest: RunManifest, plugins: ReadonlyMap<string, FoundPlugin>): string[] {
  return Object.entries(manifest.plugins).flatMap(([path, then]) => {
    const now = plugins.get(path);
    if (!now) return [`${path}: ${then.kind} ${then.name} is not there any more`];
    if (now.origin !== then.origin) return [`${path}: ${then.name} was that of ${then.origin}, now it is that of ${now.origin}`];
    const own = now.hash === then.hash ? [] : [`${path}: ${now.origin} has changed`];
    return [...own, ...changedModules(path, then.modules ?? [], now.modules ?? new Map())];
  });
}

function changedModules(path: string, then: readonly { readonly file: string; readonly hash: string }[], now: Modules): string[] {
  const hashes = new Map([...now.values()].map(({ file, hash }) => [file, hash]));
  return then.filter(({ file, hash }) => hashes.get(file) !== hash).map(({ file }) => `${path}: ${file} has changed`);
}

function changedVersions({ engine }: RunManifest): string[] {
  const now = engineVersions();
  return Object.entries(engine).flatMap(([name, version]) =>
    now[name] === version ? [] : [`${name}: was ${version}, now it is ${now[name] ?? 'not there'}`],
  );
}
