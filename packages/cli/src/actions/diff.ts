import { openRun } from '@dapo/core';
import { describeChange } from '../ablation/config-diff.js';
import { diffManifests, manifestParts as parts } from '../reproduction/diff-manifests.js';
import { findRun } from '../run-folder.js';
import { coloursOf, print, printJson } from '../terminal.js';

export async function diffRuns(run: string, other: string, { json }: { readonly json?: true }): Promise<void> {
  const manifests = await Promise.all(
    [run, other].map(async (folder) => (await openRun(findRun(folder).run)).manifest),
  );
  const differences = diffManifests(manifests[0]!, manifests[1]!);
  if (json) return printJson({ run, other, differences });
  const { bold } = coloursOf(process.stdout);
  const told = parts.filter((part) => differences[part].length > 0);
  for (const part of told)
    print([bold(part), ...differences[part].map((change) => `  ${describeChange(change)}`)].join('\n'));
  if (told.length === 0) print('Nothing differs: the same config, seed, plugins, data, versions and machine.');
}
