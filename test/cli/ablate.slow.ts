import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { dapo, temporaryFolder, tinyConfig } from './dapo-process.js';

const bin = fileURLToPath(new URL('../../packages/cli/bin/dapo.mjs', import.meta.url));
const KILLS = Number(process.env['KILLS'] ?? 4);
const SEEDS = 6;
/** Milliseconds for a killed study on a machine with other work, and for each kill more. */
const PATIENCE = 900_000 + KILLS * 120_000;

const brokenReward = `
import { definePlugin, z } from '@dapo/core';
export default definePlugin({
  kind: 'reward', name: 'broken', role: 'task', options: z.strictObject({}),
  create: () => ({ score: () => { throw new Error('the disk of this reward is full'); } }),
});
`;
const folder = temporaryFolder({
  'dapo.config.ts': tinyConfig.replace('evaluation:', 'checkpoints: { every: 1, keep: 1 }, evaluation:'),
  'rates.json': JSON.stringify({
    kind: 'list',
    variants: [{ name: 'slow', set: ['optimizer.learningRate=0.0001'] }],
  }),
  'clips.json': JSON.stringify({ kind: 'list', variants: [{ name: 'clip', set: ['loss.clip=clip'] }] }),
  'broken.json': JSON.stringify({
    kind: 'list',
    variants: [{ name: 'broken', set: ['rewards.broken=./broken.ts'] }],
  }),
  'broken.ts': brokenReward,
});
const study = (out: string): string[] => [
  'ablate',
  '--study',
  'rates.json',
  '--seeds',
  String(SEEDS),
  '--budget',
  'steps=2',
  '--out',
  out,
  '--jobs',
  '2',
];
const runsOf = (out: string): string[] =>
  ['config', 'slow'].flatMap((variant) =>
    Array.from({ length: SEEDS }, (_, i) => path.join(folder, out, 'runs', variant, `seed-${i + 1}`)),
  );

/** The records of a run, times and memory excepted. */
function records(run: string): unknown[] {
  const lines = readFileSync(path.join(run, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
  return lines
    .map((line) => JSON.parse(line) as { kind: string; step: number; metrics: Record<string, unknown> })
    .filter(({ kind }) => kind !== 'end')
    .map(({ kind, step, metrics }) => ({
      kind,
      step,
      metrics: Object.fromEntries(Object.entries(metrics).filter(([name]) => !name.startsWith('time/'))),
    }));
}

const isDone = (out: string): boolean => existsSync(path.join(folder, out, 'report.md'));

/** Steps that the logs of all runs of a study hold. */
function stepsIn(out: string): number {
  const logs = runsOf(out)
    .map((run) => path.join(run, 'metrics.jsonl'))
    .filter((log) => existsSync(log));
  return logs.reduce((sum, log) => sum + (readFileSync(log, 'utf8').match(/"kind":"step"/g) ?? []).length, 0);
}

/** Starts the study and kills its runner, without any warning, once its runs have logged some more steps. */
async function killed(out: string, steps: number): Promise<boolean> {
  const enough = stepsIn(out) + steps;
  const child = spawn(process.execPath, [bin, ...study(out)], { cwd: folder, stdio: 'ignore' });
  let signal: NodeJS.Signals | null | undefined;
  child.once('exit', (_, by) => (signal = by));
  while (signal === undefined && stepsIn(out) < enough) await sleep(5);
  await sleep(30 * Math.random());
  child.kill('SIGKILL');
  while (signal === undefined) await sleep(5);
  return signal === 'SIGKILL';
}

/** The runs whose logs say that their budget is used up. */
function finishedIn(out: string): string[] {
  const ends = /"kind":"end".*"budget"/;
  return runsOf(out)
    .map((run) => path.join(run, 'metrics.jsonl'))
    .filter((log) => existsSync(log) && ends.test(readFileSync(log, 'utf8')));
}

test(
  'a study whose runner is killed at random moments ends as if nothing had happened, no run lost or done twice',
  async () => {
    const whole = await dapo(study('whole'), { cwd: folder });
    expect(whole.code).toBe(0);
    expect(whole.stdout).toMatch(/Difference to the baseline, config\n[\s\S]*slow +[+−]?\d+\.\d +[+−]?\d+\.\d to/);
    let kills = 0;
    for (let round = 0; kills < KILLS; round++) {
      const out = path.join(`round-${round}`, 'harmed');
      while (!isDone(out) && kills < KILLS) if (await killed(out, 1 + Math.floor(4 * Math.random()))) kills += 1;
      const finished = finishedIn(out);
      const written = finished.map((log) => statSync(log).mtimeMs);
      const last = await dapo(study(out), { cwd: folder });
      expect(last.code, last.stderr).toBe(0);
      expect(finished.map((log) => statSync(log).mtimeMs)).toEqual(written);
      runsOf(out).forEach((run, i) => expect(records(run)).toEqual(records(runsOf('whole')[i]!)));
    }
  },
  PATIENCE,
);

test('a study takes over runs that a study beside it has done, as long as they would be the same', async () => {
  const other = (out: string): string[] => [
    'ablate',
    '--study',
    'clips.json',
    '--seeds',
    '2',
    '--budget',
    'steps=2',
    '--out',
    out,
  ];
  const shared = await dapo([...other('clips'), '--json'], { cwd: folder });
  const told = shared.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string; variant: string; seed: number; from?: string });
  const taken = told.filter(({ kind }) => kind === 'shared').map(({ variant, seed, from }) => [variant, seed, from]);
  expect(taken).toEqual([
    ['config', 1, 'whole/runs/config/seed-1'],
    ['config', 2, 'whole/runs/config/seed-2'],
  ]);
  expect(told.filter(({ kind }) => kind === 'started').map(({ variant }) => variant)).toEqual(['clip', 'clip']);
  expect(records(path.join(folder, 'clips/runs/config/seed-1'))).toEqual(records(runsOf('whole')[0]!));

  const manifests = [1, 2].flatMap((seed) =>
    ['whole', 'clips'].map((out) => path.join(folder, out, 'runs/config', `seed-${seed}`, 'manifest.json')),
  );
  const before = manifests.map((file) => readFileSync(file, 'utf8'));
  manifests.forEach((file, i) =>
    writeFileSync(file, before[i]!.replace(/("@dapo\/core": ")[0-9a-f]{12}/, '$1000000000000')),
  );
  // Deleted for space: what the run was, its manifest tells.
  rmSync(path.join(folder, 'clips/runs/clip/seed-1/checkpoints'), { recursive: true });
  const again = await dapo(other('clips-again'), { cwd: folder });
  expect(again.stdout).not.toMatch(/config, seed \d: the same as/);
  expect(again.stdout).toContain('clip, seed 1: the same as clips/runs/clip/seed-1, taken over');
  manifests.forEach((file, i) => writeFileSync(file, before[i]!));
});

test('the same command again runs nothing, more seeds run only those, and another plan is refused', async () => {
  const again = await dapo(study('whole'), { cwd: folder });
  expect(again.stdout.match(/was finished already/g)).toHaveLength(2 * SEEDS);
  expect(again.stdout).not.toContain('started');
  const more = await dapo([...study('whole'), '--seeds', String(SEEDS + 1)], { cwd: folder });
  expect(more.stdout.match(/started/g)).toHaveLength(2);
  expect(again.stdout).not.toContain('looked before');
  for (const text of [more.stdout, readFileSync(path.join(folder, 'whole/report.md'), 'utf8')])
    expect(text).toContain(`p is not corrected for having looked before, at ${SEEDS} seeds:`);
  const other = await dapo([...study('whole'), '--budget', 'steps=3'], { cwd: folder });
  expect(other.code).toBe(1);
  expect(other.stderr).toContain('its budget is steps=2, not steps=3. DAPO_CLI_OTHER_STUDY_THERE');
});

test('a run that fails is tried once more, then reported; the others count', async () => {
  const args = ['ablate', '--study', 'broken.json', '--seeds', '1', '--budget', 'steps=1', '--out', 'broken'];
  const { code, stdout } = await dapo(args, { cwd: folder });
  expect(code).toBe(1);
  expect(stdout.match(/broken, seed 1: failed; trying it once more/g)).toHaveLength(1);
  expect(stdout).toMatch(/broken, seed 1: FAILED twice: error: .*/);
  expect(stdout).toMatch(/broken, seed 1: failed twice after 0 steps and is not counted: error: /);
  expect(stdout).toMatch(/config +1 +\d/);
});

test('Ctrl-C saves what runs, and the same command goes on', async () => {
  const args = [
    'ablate',
    '--study',
    'rates.json',
    '--seeds',
    '2',
    '--budget',
    'steps=2',
    '--out',
    'apart/stopped',
    '--jobs',
    '1',
  ];
  let sent = false;
  const stopped = await dapo(args, {
    cwd: folder,
    onOutput: (text, kill) => {
      if (!sent && text.includes('step 1')) kill('SIGINT');
      sent ||= text.includes('step 1');
    },
  });
  expect(stopped.code).toBe(130);
  expect(stopped.stdout).toMatch(/\d runs are not done; the same command goes on: npx dapo ablate --study rates\.json/);
  const { code, stdout } = await dapo(args, { cwd: folder });
  expect(code).toBe(0);
  expect(stdout).toContain('4 of 4 runs have a score');
});
