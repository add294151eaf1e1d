import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { shareRuns } from './share-runs.js';
import type { StudyIdentity } from './study-folder.js';

const identity: StudyIdentity = {
  study: 'rates',
  budget: { unit: 'steps', amount: 2 },
  variants: [{ name: 'config', config: {} }],
};

test('a finished run of a study beside this one that recorded no code is not shared, nor asked for its checkpoints', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'dapo-share-'));
  const equal = path.join(folder, 'before/runs/config/seed-1');
  mkdirSync(equal, { recursive: true });
  writeFileSync(path.join(folder, 'before/study.json'), JSON.stringify({ identity }));
  writeFileSync(path.join(equal, 'manifest.json'), '{"config":{"budget":{"rolloutSteps":2}}}');
  writeFileSync(path.join(equal, 'metrics.jsonl'), '{"kind":"end","step":2,"metrics":{},"message":"budget"}\n');
  const out = path.join(folder, 'now');
  const run = { variant: 'config', seed: 1, folder: path.join(out, 'runs/config/seed-1'), train: [] };
  await shareRuns([run], { out, identity, configFolder: folder, exec: {}, onProgress: () => undefined });
  expect(existsSync(run.folder)).toBe(false);
});
