import type { LoadedConfig } from '../config/layers.js';
import { asLoadedConfig, type ConfigOptions } from '../config/resolve-user-config.js';
import type { UserConfig } from '../config/user-config.js';
import { checkpointMissing } from '../errors/run-errors.js';
import type { FoundPlugin } from '../plugin/manifest.js';
import type { ResolvedConfig } from '../config/resolved-config.js';
import { newestCheckpoint, readCheckpointFile } from './checkpoint.js';
import { Counters, type BudgetUse } from './counters.js';
import { takeFingerprints, type Fingerprints } from './fingerprints.js';
import { nodeHost, type Host } from './host.js';
import { readRunManifest, type ManifestPlugin, type RunManifest } from './run-files.js';

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
  const host = options.host ?? (await nodeHost());
  const manifest = await readRunManifest(host, folder);
  const checkpoint = await newestCheckpoint(host, folder);
  if (!manifest || !checkpoint) throw checkpointMissing(folder);
  const config = asLoadedConfig(
    manifest.config as UserConfig,
    host.join(folder, 'manifest.json'),
    manifest.configFolder,
  );
  return { manifest, config, checkpoint };
}

/** How much of its budget a saved run has used, before anything of it is opened; the config may give it more. */
export async function budgetUsed(
  { checkpoint }: SavedRun,
  { budget, prices }: ResolvedConfig,
  options: { readonly host?: Host } = {},
): Promise<BudgetUse> {
  const host = options.host ?? (await nodeHost());
  const counters = new Counters(prices);
  counters.restore((await readCheckpointFile(host, checkpoint)).counters);
  return counters.scarcest(budget);
}

/**
 * What isn't as it was when a run was started, a line each: plugins, their files, packages, versions. Where there is
 * nothing, the run goes on as it would have. What the manifest doesn't record is not told.
 *
 * @param plugins as a config resolves to now
 */
export async function changesSince(
  manifest: RunManifest,
  plugins: ReadonlyMap<string, FoundPlugin>,
  options: Pick<ConfigOptions, 'manifests'> & { readonly host?: Host },
): Promise<string[]> {
  const host = options.host ?? (await nodeHost());
  const { manifests } = options;
  const now = await takeFingerprints(plugins, { host, manifests, folder: manifest.configFolder });
  const changed = changedPlugins(manifest, now);
  return [...changed, ...changedPackages(manifest, now), ...changedVersions(manifest, now)];
}

function changedPlugins(manifest: RunManifest, { plugins }: Fingerprints): string[] {
  return Object.entries(manifest.plugins).flatMap(([path, then]) => {
    const now = plugins[path];
    if (!now) return [`${path}: ${then.kind} ${then.name} is not there any more`];
    if (now.origin !== then.origin)
      return [`${path}: ${then.name} was that of ${then.origin}, now it is that of ${now.origin}`];
    const what = now.origin.includes('@') ? `${then.kind} ${then.name} of ${now.origin}` : now.origin;
    const own = then.hash === undefined || now.hash === then.hash ? [] : [`${path}: ${what} has changed`];
    const files = Object.entries(then.files ?? {}).filter(([file, hash]) => now.files?.[file] !== hash);
    return [
      ...own,
      ...files.map(([file]) => `${path}: ${file} has changed`),
      ...changedModules(path, then.modules ?? [], now.modules ?? []),
    ];
  });
}

type ModuleHashes = NonNullable<ManifestPlugin['modules']>;

function changedModules(path: string, then: ModuleHashes, now: ModuleHashes): string[] {
  const hashes = new Map(now.map(({ file, hash }) => [file, hash]));
  return then.filter(({ file, hash }) => hashes.get(file) !== hash).map(({ file }) => `${path}: ${file} has changed`);
}

function changedPackages(manifest: RunManifest, { code = {} }: Fingerprints): string[] {
  return Object.entries(manifest.code ?? {}).flatMap(([name, hash]) =>
    code[name] === hash ? [] : [`${name}: its code has changed`],
  );
}

function changedVersions(manifest: RunManifest, { engine }: Fingerprints): string[] {
  return Object.entries(manifest.engine).flatMap(([name, version]) =>
    engine[name] === version ? [] : [`${name}: was ${version}, now it is ${engine[name] ?? 'not there'}`],
  );
}
