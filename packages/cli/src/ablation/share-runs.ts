import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { ExecOptions } from '../engine.js';
import { diffConfigs } from './config-diff.js';
import type { StudyProgress, StudyRun } from './execute.js';
import { folderName } from './plan.js';
import { changesOf, readManifest } from './run-changes.js';
import { readRunResult } from './run-result.js';
import { readStudyFile, type StudyIdentity } from './study-folder.js';

export interface ShareOptions {
  /** The study's own folder: studies beside it are looked through. */
  readonly out: string;
  readonly identity: StudyIdentity;
  /** Of the config that the study changes. */
  readonly configFolder: string;
  readonly exec: ExecOptions;
  readonly onProgress: (progress: StudyProgress) => void;
}

/**
 * Takes over, from studies that lie beside this one, runs that would be the same: config, seed and budget, code, files
 * and version of Node. The full recipe of a leave-one-out study is the last rung of a ladder; it is not trained twice.
 */
export async function shareRuns(runs: readonly StudyRun[], options: ShareOptions): Promise<void> {
  const neighbours = studiesBeside(options.out);
  for (const run of runs.filter(({ folder }) => !existsSync(folder))) {
    for (const from of equalRuns(run, options.identity, neighbours)) {
      if (!(await wouldBeTheSame(from, run, options))) continue;
      await copyRun(from, run.folder);
      options.onProgress({ kind: 'shared', run, from });
      break;
    }
  }
}

interface Neighbour {
  readonly folder: string;
  readonly identity: StudyIdentity;
}

function studiesBeside(out: string): Neighbour[] {
  const above = path.dirname(path.resolve(out));
  if (!existsSync(above)) return [];
  return readdirSync(above)
    .sort()
    .map((name) => path.join(path.dirname(out), name))
    .filter((folder) => path.resolve(folder) !== path.resolve(out))
    .flatMap((folder) => {
      const identity = readStudyFile(folder)?.identity;
      return Array.isArray(identity?.variants) ? [{ folder, identity }] : [];
    });
}

/** Folders of runs with the same config, seed and budget. */
function equalRuns({ variant, seed }: StudyRun, identity: StudyIdentity, neighbours: readonly Neighbour[]): string[] {
  const own = identity.variants.find(({ name }) => name === variant)!.config;
  return neighbours
    .filter((other) => diffConfigs({ ...other.identity.budget }, { ...identity.budget }).length === 0)
    .flatMap(({ folder, identity: { variants } }) =>
      variants
        .filter(({ config }) => diffConfigs(config, own).length === 0)
        .map(({ name }) => path.join(folder, 'runs', folderName(name), `seed-${seed}`)),
    );
}

async function wouldBeTheSame(
  folder: string,
  { seed }: StudyRun,
  { configFolder, exec }: ShareOptions,
): Promise<boolean> {
  if ((await readRunResult(folder))?.state !== 'finished') return false;
  const manifest = readManifest(folder);
  // A run that recorded no code, by an older engine, may have been another one.
  const known = manifest.code !== undefined && manifest.seed === seed && manifest.configFolder === configFolder;
  if (!known || manifest.machine['node'] !== process.version) return false;
  return (await changesOf(manifest, exec)).length === 0;
}

/** Beside its place, then renamed: half a copy is never taken for a run. */
async function copyRun(from: string, to: string): Promise<void> {
  const draft = `${to}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(path.dirname(to), { recursive: true });
  await cp(from, draft, { recursive: true });
  await rename(draft, to);
}
