import type { ConfigOptions, LoadedConfig, UserConfigResolution } from '../config/resolve-user-config.js';
import { resolveUserConfig } from '../config/resolve-user-config.js';
import type { ResolvedConfig } from '../config/resolved-config.js';
import { describeConfig } from '../config/describe-config.js';
import type { UserConfig } from '../config/user-config.js';
import { DapoProblems, type DapoError } from '../errors/dapo-error.js';
import { runFolderBusy, runFolderTaken } from '../errors/training-errors.js';
import { EventBus } from '../events/events.js';
import { takeFingerprints } from './fingerprints.js';
import { nodeHost, type Host } from './host.js';
import { newestCheckpoint } from './checkpoint.js';
import { Run } from './run.js';
import { clearRunFolder, openRunFolder, readRunManifest, type RunManifest } from './run-files.js';
import { Session, type SessionContext } from './session.js';

export interface CreateRunOptions extends ConfigOptions {
  /** Folder for manifest, metrics, checkpoints and completions; without it nothing is written. */
  readonly folder?: string;
  /** Go on from the newest checkpoint in `folder`. */
  readonly resume?: boolean;
  /** Open this checkpoint instead of the newest one: without a `folder`, to look at it and write nothing. */
  readonly checkpoint?: string;
  /** False: the run is opened to sample from it, and room for gradients and moments isn't asked for. */
  readonly trains?: boolean;
  /** Called with each line of the log; by default the console. */
  readonly print?: (line: string) => void;
  /** Called with the warnings of the config, before anything starts. */
  readonly onWarnings?: (warnings: readonly DapoError[]) => void;
  readonly host?: Host;
}

/**
 * Resolves a config, opens the data, starts the backend and makes every plugin instance.
 *
 * @throws DapoProblems with everything that is wrong with the config, before any tensor exists
 * @throws DapoError where another process works in the folder, or a run lies there that is not to be resumed
 * @throws DapoError for problems of the data, with file and line, still before any tensor
 */
export async function createRun(config: UserConfig | LoadedConfig, options: CreateRunOptions): Promise<Run> {
  const { config: resolved, ...resolution } = await resolveUserConfig(config, options);
  if (resolution.problems.length > 0 || !resolved) throw new DapoProblems(resolution.problems);
  options.onWarnings?.(resolution.warnings);

  const host = options.host ?? (await nodeHost());
  const release = await claimFolder(host, options.folder);
  try {
    return await openClaimed({ ...resolution, config: resolved }, { ...options, host }, release);
  } catch (error) {
    await release();
    throw error;
  }
}

async function claimFolder(host: Host, folder: string | undefined): Promise<() => Promise<void>> {
  const claimed = folder === undefined ? undefined : await host.claim?.(folder, 'run.lock');
  if (typeof claimed === 'number') throw runFolderBusy(folder!, claimed);
  return claimed ?? (() => Promise.resolve());
}

async function openClaimed(
  resolution: UserConfigResolution & { readonly config: ResolvedConfig },
  options: CreateRunOptions & { readonly host: Host },
  release: () => Promise<void>,
): Promise<Run> {
  const { folder, host } = options;
  const existing = folder && (await readRunManifest(host, folder));
  const newest = existing ? await newestCheckpoint(host, folder) : undefined;
  if (newest && !options.resume) throw runFolderTaken(folder!);
  // A run that was killed before its first checkpoint has computed nothing worth keeping: it begins again.
  if (existing && !newest) await clearRunFolder(host, folder);
  const events = new EventBus();
  const print = options.print ?? ((line: string) => console.log(line));
  events.on('log', ({ level, message }) => print(level === 'warning' ? `warning: ${message}` : message));

  const context: SessionContext = {
    config: resolution.config,
    plugins: resolution.plugins,
    events,
    host,
    configFolder: resolution.folder,
    runFolder: openRunFolder(host, folder),
    trains: options.trains ?? true,
  };
  const checkpoint = options.checkpoint ?? newest;
  const session = await Session.open(context, checkpoint);
  try {
    if (!newest) await writeManifest(context, session, resolution.provenance, options.manifests);
  } catch (error) {
    await session.dispose();
    throw error;
  }
  return new Run(context, session, checkpoint, folder, release);
}

async function writeManifest(
  { config, plugins, configFolder, host, runFolder }: SessionContext,
  { parts, backend }: Session,
  origins: ReadonlyMap<string, string>,
  manifests: CreateRunOptions['manifests'],
): Promise<void> {
  const manifest: RunManifest = {
    format: 1,
    name: config.name,
    startedAt: new Date().toISOString(),
    seed: config.seed,
    config: describeConfig(config),
    origins: Object.fromEntries(origins),
    configFolder,
    ...(await takeFingerprints(plugins, { host, manifests, folder: configFolder })),
    data: {
      train: parts.trainPrompts.fingerprint,
      ...(parts.heldOutPrompts && { heldOut: parts.heldOutPrompts.fingerprint }),
    },
    backend: { name: backend.name, deterministic: backend.deterministic, ...backend.facts },
    machine: host.machine(),
  };
  await runFolder.write('manifest.json', `${JSON.stringify(manifest, null, 2)}\n`);
}
