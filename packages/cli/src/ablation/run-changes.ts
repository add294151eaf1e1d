import { readFileSync } from 'node:fs';
import path from 'node:path';
import { asLoadedConfig, changesSince, resolveUserConfig, type RunManifest, type UserConfig } from '@dapo/core';
import { engineOptions, type ExecOptions } from '../engine.js';
import { hasCheckpoint } from '../run-folder.js';
import { studyRunsChanged } from './ablation-errors.js';
import type { StudyRun } from './execute.js';
import { readRunResult } from './run-result.js';

/**
 * Sees that what a study has of its runs was trained with the code and the data that are there now: new runs would be
 * compared with another thing.
 *
 * @throws CommandError where a run that would be kept, or gone on with, was not
 */
export async function requireUnchanged(runs: readonly StudyRun[], exec: ExecOptions): Promise<void> {
  const known = new Map<string, string[]>();
  const changed: { folder: string; changes: string[] }[] = [];
  for (const { folder } of runs) {
    if (!(await isTakenOn(folder))) continue;
    const manifest = readManifest(folder);
    const key = JSON.stringify([manifest.plugins, manifest.code, manifest.engine, manifest.configFolder]);
    const changes = known.get(key) ?? (await changesOf(manifest, exec));
    known.set(key, changes);
    if (changes.length > 0) changed.push({ folder, changes });
  }
  const [first, ...others] = changed;
  if (first) throw studyRunsChanged(first.folder, first.changes, others.length);
}

/** A run that saved nothing before it broke off is begun anew. */
async function isTakenOn(folder: string): Promise<boolean> {
  const result = await readRunResult(folder);
  return result !== undefined && (result.state !== 'unfinished' || hasCheckpoint(folder));
}

export function readManifest(run: string): RunManifest {
  return JSON.parse(readFileSync(path.join(run, 'manifest.json'), 'utf8')) as RunManifest;
}

/** What is not as it was when a run was trained, a line each; by its manifest alone: checkpoints may have been deleted for space. */
export async function changesOf(manifest: RunManifest, exec: ExecOptions): Promise<string[]> {
  const engine = engineOptions(exec);
  const config = asLoadedConfig(manifest.config as UserConfig, 'manifest.json', manifest.configFolder);
  const { plugins, problems } = await resolveUserConfig(config, engine);
  if (problems.length > 0) return problems.map(({ message }) => message.split('\n', 1)[0]!);
  return changesSince(manifest, plugins, engine);
}
