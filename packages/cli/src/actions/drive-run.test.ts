import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Run, RunSummary } from '@dapo/core';
import { afterEach, expect, test } from 'vitest';
import type { RunView } from '../render/run-view.js';
import { driveRun } from './drive-run.js';

const folder = mkdtempSync(path.join(tmpdir(), 'dapo-drive-'));
mkdirSync(path.join(folder, 'checkpoints/step-000080'), { recursive: true });
const nothing = (): void => undefined;
afterEach(() => (process.exitCode = undefined));

/** All that is said of a run that was gone on with by `dapo resume RUN --steps 200 --no-exec`. */
async function said(train: () => Promise<RunSummary>): Promise<string> {
  const texts: string[] = [];
  const say = (text: string): void => void texts.push(text);
  const view = { follow: nothing, close: nothing, stopping: nothing, warn: say, finish: say } as unknown as RunView;
  const run = { folder, config: {}, train, dispose: () => Promise.resolve() } as unknown as Run;
  await driveRun(run, view, { resume: { steps: 200, exec: false } }).catch(nothing);
  return texts.join('\n');
}

test.each<[string, () => Promise<RunSummary>]>([
  [
    'was stopped',
    () => Promise.resolve({ reason: 'stopped', steps: 80, counters: {}, folder } as unknown as RunSummary),
  ],
  ['broke off', () => Promise.reject(new Error('the disk is full'))],
])('a resumed run that %s is said to go on with what was typed, which its config does not have', async (_, train) => {
  expect(await said(train)).toContain(`npx dapo resume ${folder} --steps 200 --no-exec`);
});
