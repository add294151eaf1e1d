import type { RunManifest } from '@dapo/core';
import { diffConfigs, type ConfigChange } from '../ablation/config-diff.js';

/** Parts of a manifest in which two runs can differ, in the order in which they matter. */
export const manifestParts = ['config', 'plugins', 'data', 'engine', 'code', 'backend', 'machine'] as const;

export type RunDifferences = Readonly<Record<(typeof manifestParts)[number], readonly ConfigChange[]>>;

export function diffManifests(from: RunManifest, to: RunManifest): RunDifferences {
  const ofPart = (part: (typeof manifestParts)[number]): ConfigChange[] =>
    diffConfigs(from[part] ?? {}, to[part] ?? {});
  return Object.fromEntries(manifestParts.map((part) => [part, ofPart(part)])) as unknown as RunDifferences;
}
