import { openRun, type RunManifest } from '@dapo/core';
import { describeChange, diffConfigs, type ConfigChange } from '../ablation/config-diff.js';
import { findRun } from '../run-folder.js';
import { coloursOf, print, printJson } from '../terminal.js';

/** Parts of a manifest in which two runs can differ, in the order in which they matter. */
const parts = ['config', 'plugins', 'data', 'engine', 'backend', 'machine'] as const;

export type RunDifferences = Readonly<Record<(typeof parts)[number], readonly ConfigChange[]>>;

export async function diffRuns(run: string, other: string, { json }: { readonly json?: true }): Promise<void> {
  const manifests = await Promise.all([run, other].map(async (folder) => (await openRun(findRun(folder).run)).manifest));
  const differences = diffManifests(manifests[0]!, manifests[1]!);
  if (json) return printJson({ run, other, differences });
  const { bold } = coloursOf(process.stdout);
  const told = parts.filter((part) => differences[part].length > 0);
  for (const part of told) print([bold(part), ...differences[part].map((change) => `  ${describeChange(change)}`)].join('\n'));
  if (told.length === 0) print('Nothing differs: the same config, seed, plugins, data, versions and machine.');
}

export function diffManifests(from: RunManifest, to: RunManifest): RunDifferences {
  const ofPart = (part: (typeof parts)[number]): ConfigChange[] => diffConfigs(from[part], to[part]);
  return Object.fromEntries(parts.map((part) => [part, ofPart(part)])) as unknown as RunDifferences;
}
