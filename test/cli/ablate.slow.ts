import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { dapo, temporaryFolder, tinyConfig } from './dapo-process.js';

const bin = fileURLToPath(new URL('../../packages/cli/bin/dapo.mjs', import.meta.url));
const KILLS = Number(process.env['KILLS'] ?? 4);
const SEEDS = 6;

const brokenReward = `
import { definePlugin, z } from '@dapo/core';
export default definePlugin({
  kind: 'reward', name: 'broken', role: 'task', options: z.strictObject({}),
  create: () => ({ score: () => { throw new Error('the disk of this reward is full'); } }),
});
`;
const folder = temporaryFolder({
  'dapo.config.ts': tinyConfig.replace('evaluation:', 'checkpoints: { every: 1, keep: 1 }, evaluation:'),
  'rates.json': JSON.stringify({ kind: 'list', variants: [{ name: 'slow', set: ['optimizer.learningRate=0.0001'] }] }),
  'broken.json': JSON.stringify({ kind: 'list', variants: [{ name: 'broken', set: ['rewards.broken=./broken.ts'] }] }),
  'broken.ts': brokenReward,
});
const study = (out: string): string[] => [
  'ablate', '--study', 'rates.json', '--seeds', String(SEEDS), '--budget', 'steps=2', '--out', out, '--jobs', '2',
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

/** Starts the study and kills its runner, without any warning, after a while. */
async function killed(out: string, after: number): Promise<boolean> {
  const child = spawn(process.execPath, [bin, ...study(out)], { cwd: folder, stdio: 'ignore' });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  const timer = setTimeout(() => child.kill('SIGKILL'), after);
  const signal = await ended;
  clearTimeout(timer);
  return signal === 'SIGKILL';
}

test('a study whose runner is killed at random moments ends as if nothing had happened, no run lost or done twice', async () => {
  const started = performance.now();
  const whole = await dapo(study('whole'), { cwd: folder });
  const seconds = performance.now() - started;
  expect(whole.code).toBe(0);
  expect(whole.stdout).toMatch(/Difference to the baseline, config\n[\s\S]*slow +[+−]?\d+\.\d +[+−]?\d+\.\d to/);
  let kills = 0;
  for (let round = 0; kills < KILLS; round++) {
    const out = `harmed-${round}`;
    while (!isDone(out) && kills < KILLS) if (await killed(out, 0.1 * seconds + 0.5 * seconds * Math.random())) kills += 1;
    const finished = runsOf(out).filter((run) => existsSync(path.join(run, 'metrics.jsonl')) && /"kind":"end".*"budget"/.test(readFileSync(path.join(run, 'metrics.jsonl'), 'utf8')));
    const written = finished.map((run) => statSync(path.join(run, 'metrics.jsonl')).mtimeMs);
    const last = await dapo(study(out), { cwd: folder });
    expect(last.code, last.stderr).toBe(0);
    expect(finished.map((run) => statSync(path.join(run, 'metrics.jsonl')).mtimeMs)).toEqual(written);
    runsOf(out).forEach((run, i) => expect(records(run)).toEqual(records(runsOf('whole')[i]!)));
  }
});

test('the same command again runs nothing, more seeds run only those, and another plan is refused', async () => {
  const again = await dapo(study('whole'), { cwd: folder });
  expect(again.stdout.match(/was finished already/g)).toHaveLength(2 * SEEDS);
  expect(again.stdout).not.toContain('started');
  const more = await dapo([...study('whole'), '--seeds', String(SEEDS + 1)], { cwd: folder });
  expect(more.stdout.match(/started/g)).toHaveLength(2);
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
  const args = ['ablate', '--study', 'rates.json', '--seeds', '2', '--budget', 'steps=2', '--out', 'stopped', '--jobs', '1'];
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
