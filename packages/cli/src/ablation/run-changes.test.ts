import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import type { StudyRun } from './execute.js';
import { describeBase } from './plan.js';
import { requireUnchanged } from './run-changes.js';

// What the command line remembers about code that it has named: of the test, not of whoever runs it.
vi.stubEnv('XDG_STATE_HOME', mkdtempSync(path.join(tmpdir(), 'dapo-state-')));
const config = {
  extends: 'dapo',
  tokenizer: { use: 'character', characters: '0123456789+=' },
  policy: { use: 'transformer', hiddenSize: 16, layers: 1, heads: 2, contextLength: 32 },
  prompts: { train: { use: 'arithmetic', maxDigits: 1 } },
  rewards: { bonus: './reward.ts' },
};
const reward = `
import { definePlugin, z } from '@dapo/core';
export default definePlugin({ kind: 'reward', name: 'mine', role: 'bonus', options: z.strictObject({}), create: () => ({ score: () => 1 }) });
`;

/** A run that has ended, or broke off after a step, of a reward that has changed since. */
async function runOf({ ended = true, checkpoint = false }): Promise<StudyRun> {
  const study = mkdtempSync(path.join(tmpdir(), 'dapo-changes-'));
  const folder = path.join(study, 'runs/config/seed-1');
  mkdirSync(path.join(folder, 'checkpoints', ...(checkpoint ? ['step-000001'] : [])), { recursive: true });
  const file = path.join(study, 'dapo.config.json');
  writeFileSync(file, JSON.stringify(config));
  writeFileSync(path.join(study, 'reward.ts'), reward);
  const manifest = {
    config: await describeBase(file, []),
    configFolder: study,
    plugins: {
      'rewards.bonus': { kind: 'reward', name: 'mine', origin: path.join(study, 'reward.ts'), hash: 'of then' },
    },
    engine: {},
  };
  writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(manifest));
  const last = ended
    ? '{"kind":"end","step":2,"metrics":{},"message":"budget"}'
    : '{"kind":"step","step":1,"metrics":{}}';
  writeFileSync(path.join(folder, 'metrics.jsonl'), `${last}\n`);
  return { variant: 'config', seed: 1, folder, train: [] };
}

test.each([
  ['that has ended, its checkpoints deleted', { ended: true }],
  ['that would be gone on with', { ended: false, checkpoint: true }],
])('a run %s is refused where its reward has changed since, and those beside it are counted', async (_, state) => {
  const run = await runOf(state);
  const refusal = requireUnchanged([run, run], {});
  await expect(refusal).rejects.toMatchObject({ code: 'DAPO_CLI_STUDY_RUNS_CHANGED' });
  await expect(refusal).rejects.toThrow(
    `The run in ${run.folder} was not trained with what is there now, nor 1 other of the study:\n    rewards.bonus: ${path.join(run.folder, '../../../reward.ts')} has changed`,
  );
});

test('what is trained anew anyhow may have changed', async () => {
  await requireUnchanged([await runOf({ ended: false })], {});
});
