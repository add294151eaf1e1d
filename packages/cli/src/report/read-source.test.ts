import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readSources } from './read-source.js';

test('a study has its runs that failed before they had a folder, and when it was looked at', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'dapo-source-'));
  const study = {
    variants: [
      { name: 'config', changes: [] },
      { name: 'slow', changes: [] },
    ],
    comparisons: [{ variant: 'slow', against: 'config', kind: 'baseline' }],
    runs: [
      { variant: 'slow', seed: 3, state: 'failed', failure: 'error: It broke. DAPO_X' },
      { variant: 'slow', seed: 4, state: 'not begun' },
    ],
    looks: [8],
    identity: { study: 'rates', budget: { unit: 'steps', amount: 2 } },
  };
  writeFileSync(path.join(folder, 'study.json'), JSON.stringify(study));
  const [source] = await readSources([folder]);
  expect(source!.facts.runs).toMatchObject([
    { variant: 'slow', seed: 3, state: 'failed', failure: 'error: It broke. DAPO_X' },
  ]);
  expect(source!.facts.looks).toEqual([8]);
});
