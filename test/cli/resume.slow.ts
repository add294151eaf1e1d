import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';

const dapo = fileURLToPath(new URL('../../packages/cli/bin/dapo.mjs', import.meta.url));
const STEPS = 8;
let folder: string;

/** A transformer small enough to be trained in seconds, with everything that has state: dynamic sampling, guards, AdamW. */
const config = {
  extends: 'dapo',
  name: 'resume-test',
  seed: 3,
  policy: { use: 'transformer', hiddenSize: 16, layers: 1, heads: 2, contextLength: 32 },
  tokenizer: { use: 'character', characters: '0123456789+=' },
  prompts: {
    train: { use: 'arithmetic', left: { min: 0, max: 1 }, right: { min: 0, max: 300 } },
    heldOut: {
      use: 'arithmetic',
      left: { min: 0, max: 1 },
      right: { min: 0, max: 300 },
      split: 'heldOut',
      count: 8,
    },
  },
  rewards: { answer: { use: 'exact-answer', extract: '^(.)' }, length: { cache: 2 } },
  filters: { outcomes: false },
  rollout: { prompts: 4, groupSize: 4, maxResponseLength: 6 },
  update: { miniBatch: 8 },
  optimizer: { learningRate: 0.01 },
  checkpoints: { every: 2, keep: 2 },
  evaluation: { every: 3, k: 2 },
  trackers: { console: false },
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dapo-resume-'));
  writeFileSync(join(folder, 'dapo.config.json'), JSON.stringify(config));
});

async function cli(...args: string[]): Promise<void> {
  await promisify(execFile)(process.execPath, [dapo, ...args], { cwd: folder });
}

/** The records of a run, times and memory excepted. */
function records(run: string): unknown[] {
  const lines = readFileSync(join(folder, run, 'metrics.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => {
    const { metrics, ...rest } = JSON.parse(line) as { metrics: Record<string, unknown> };
    return {
      ...rest,
      metrics: Object.fromEntries(Object.entries(metrics).filter(([name]) => !name.startsWith('time/'))),
    };
  });
}

/** The steps and evaluations of a run; the line that says how it ended may be missing after a kill. */
function history(run: string): unknown[] {
  return records(run).filter((record) => (record as { kind: string }).kind !== 'end');
}

function finished(run: string): boolean {
  return existsSync(join(folder, run, 'checkpoints', `step-00000${STEPS}`));
}

function weights(run: string): Buffer {
  return readFileSync(join(folder, run, 'checkpoints', `step-00000${STEPS}`, 'policy', 'model.safetensors'));
}

/** The step that a run's log has reached. */
function reached(run: string): number {
  const log = join(folder, run, 'metrics.jsonl');
  return existsSync(log) ? (readFileSync(log, 'utf8').match(/"kind":"step"/g) ?? []).length : 0;
}

/** Starts a command and kills it, without any warning, once its run has logged `step`, and somewhere in the step after it. */
async function killedIn(run: string, step: number, ...args: string[]): Promise<boolean> {
  const child = spawn(process.execPath, [dapo, ...args], { cwd: folder, stdio: 'ignore' });
  let signal: NodeJS.Signals | null | undefined;
  child.once('exit', (_, by) => (signal = by));
  while (signal === undefined && reached(run) < step) await sleep(2);
  await sleep(30 * Math.random());
  child.kill('SIGKILL');
  while (signal === undefined) await sleep(2);
  return signal === 'SIGKILL';
}

describe('one seed is one run, through the command line', () => {
  test('equal bit for bit when repeated, and when stopped and resumed; another seed differs', async () => {
    await cli('train', '--steps', String(STEPS), '--out', 'whole');
    await cli('train', '--steps', String(STEPS), '--out', 'again');
    await cli('train', '--steps', '5', '--out', 'parts');
    await cli('resume', 'parts', '--steps', String(STEPS));
    await cli('train', '--steps', String(STEPS), '--out', 'other', '--seed', '4');
    const steps = (run: string): unknown[] =>
      records(run).filter((record) => (record as { kind: string }).kind === 'step');
    expect(steps('whole')).toHaveLength(STEPS);
    expect(records('again')).toEqual(records('whole'));
    expect(weights('again').equals(weights('whole'))).toBe(true);
    expect(steps('parts')).toEqual(steps('whole'));
    expect(weights('parts').equals(weights('whole'))).toBe(true);
    expect(steps('other')).not.toEqual(steps('whole'));
  });

  test('equal bit for bit after SIGKILL at five random moments', async () => {
    await cli('train', '--steps', String(STEPS), '--out', 'unharmed');
    let kills = 0;
    for (const step of [1, 2, 3, 4, 5]) {
      const begun = existsSync(join(folder, 'harmed', 'manifest.json'));
      const command = begun ? ['resume', 'harmed'] : ['train', '--steps', String(STEPS), '--out', 'harmed'];
      if (!finished('harmed') && (await killedIn('harmed', step, ...command))) kills += 1;
    }
    expect(kills).toBeGreaterThan(0);
    if (!finished('harmed')) await cli('resume', 'harmed');
    expect(history('harmed')).toEqual(history('unharmed'));
    expect(weights('harmed').equals(weights('unharmed'))).toBe(true);
  });
});
