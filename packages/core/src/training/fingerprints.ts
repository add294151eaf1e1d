import type { FoundPlugin, PluginManifest } from '../plugin/manifest.js';
import { engineVersions } from './engine-versions.js';
import type { Host } from './host.js';
import type { ManifestPlugin, RunManifest } from './run-files.js';

/** What a run's manifest says of the code and the files that it works with. */
export type Fingerprints = Pick<RunManifest, 'engine' | 'code' | 'plugins'>;

export interface FingerprintOptions {
  readonly host: Host;
  readonly manifests: readonly PluginManifest[];
  /** Folder that the paths of files are told from. */
  readonly folder: string;
}

/** Hashes what a run is about to work with, as it lies there now. */
export async function takeFingerprints(
  plugins: ReadonlyMap<string, FoundPlugin>,
  { host, manifests, folder }: FingerprintOptions,
): Promise<Fingerprints> {
  const entries = [...plugins].map(async ([path, found]) => [path, await describePlugin(found, host, folder)] as const);
  const [described, code] = await Promise.all([Promise.all(entries), hashPackages(manifests, host)]);
  return { engine: engineVersions(), ...(code && { code }), plugins: Object.fromEntries(described) };
}

async function describePlugin(found: FoundPlugin, host: Host, folder: string): Promise<ManifestPlugin> {
  const { plugin, origin, code, modules, files } = found;
  const { kind, name } = plugin;
  const hash = found.hash ?? (code && (await host.hashPlugin?.(code, kind, name)));
  const imported = [...(modules?.values() ?? [])].map((module) => ({ file: module.file, hash: module.hash }));
  const read = await Promise.all((files ?? []).map((file) => hashFile(file, host, folder)));
  return {
    kind,
    name,
    origin,
    hash,
    ...(read.length > 0 && { files: Object.fromEntries(read) }),
    ...(imported.length > 0 && { modules: imported }),
  };
}

async function hashFile(file: string, host: Host, folder: string): Promise<[string, string]> {
  return [host.relative(folder, file), (await host.hashFile?.(file)) ?? 'missing'];
}

async function hashPackages(
  manifests: readonly PluginManifest[],
  host: Host,
): Promise<Record<string, string> | undefined> {
  if (!host.hashCode) return undefined;
  const own = { name: '@dapo/core', code: [new URL('..', import.meta.url)] };
  const packages = [own, ...manifests].map(async ({ name, code }) => {
    return code ? [[name, await host.hashCode!(code)] as const] : [];
  });
  return Object.fromEntries((await Promise.all(packages)).flat());
}
