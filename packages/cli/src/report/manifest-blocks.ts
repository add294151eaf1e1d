import path from 'node:path';
import type { RunManifest } from '@dapo/core';
import { describeChange, type ConfigChange } from '../ablation/config-diff.js';
import { diffManifests } from '../reproduction/diff-manifests.js';
import { shorten, type Block } from './document.js';
import { runsOf, type ReportSource } from './source.js';

/** The command, one manifest as a whole, and what each run's own has that is another. */
export function manifestBlocks(source: ReportSource): Block[] {
  const { variants } = source.facts.plan;
  const command: Block[] = source.command === undefined ? [] : [{ kind: 'code', text: source.command }];
  const runs = variants
    .flatMap(({ name }) => runsOf(source, name))
    .map((run) => ({ ...run, manifest: run.manifest && withoutFolders(run.manifest, source.folder) }));
  const first = runs.find(({ manifest }) => manifest !== undefined);
  if (!first?.manifest) return command;
  const rows = runs.map(({ variant, seed, state, manifest }) => [
    variant,
    String(seed),
    state,
    manifest?.startedAt ?? '–',
    manifest ? differencesOf(first.manifest!, manifest) : 'no manifest',
  ]);
  return [
    ...command,
    {
      kind: 'text',
      text: `Each run against the manifest of «${first.variant}», seed ${first.seed}, which follows.`,
    },
    { kind: 'table', head: ['variant', 'seed', 'state', 'started', 'what differs'], rows },
    {
      kind: 'folded',
      summary: `${first.variant}, seed ${first.seed}: manifest.json`,
      text: shorten(JSON.stringify(first.manifest, null, 2), 30_000),
    },
  ];
}

/** A manifest whose paths begin at the study's folder: where that lies is nobody's business and says nothing. */
export function withoutFolders(manifest: RunManifest, study: string): RunManifest {
  const { configFolder } = manifest;
  const shown = path.relative(path.resolve(study), configFolder) || '.';
  const relative = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replaceAll(configFolder, shown);
    if (Array.isArray(value)) return value.map(relative);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, relative(inner)]));
  };
  return relative(manifest) as RunManifest;
}

function differencesOf(first: RunManifest, manifest: RunManifest): string {
  const { config, plugins, ...rest } = diffManifests(first, manifest);
  const changed = plugins.filter((change) => isSamePlugin(change, first, manifest));
  const told = [...config, ...changed, ...Object.values(rest).flat()].map(describeChange);
  return told.join('; ').replace(/\b([0-9a-f]{12})[0-9a-f]{52}\b/g, '$1') || 'nothing';
}

/** Where another plugin stands, the config says so. */
function isSamePlugin({ path: place }: ConfigChange, first: RunManifest, other: RunManifest): boolean {
  return Object.entries(first.plugins).some(
    ([node, { name }]) =>
      place.startsWith(`${node}.`) && !/\.(kind|name|origin)$/.test(place) && other.plugins[node]?.name === name,
  );
}
