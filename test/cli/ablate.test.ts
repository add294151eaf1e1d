import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { dapo, temporaryFolder, tinyConfig } from './dapo-process.js';

const variants = [{ name: 'slow', set: ['optimizer.learningRate=0.0001'] }];
const folder = temporaryFolder({
  'dapo.config.ts': tinyConfig,
  'rates.json': JSON.stringify({ kind: 'list', variants }),
});
const plan = (...args: string[]): ReturnType<typeof dapo> =>
  dapo(['ablate', '--dry-run', '--no-pilot', ...args], { cwd: folder });

test('the plan names runs, differences and the claims that it can support, and runs nothing', async () => {
  const { code, stdout } = await plan('--study', 'ladder', '--budget', 'tokens=5000', '--jobs', '2');
  expect(code).toBe(0);
  expect(stdout).toContain(
    'Study ladder: 6 variants × 8 seeds = 48 runs of 5,000 generated tokens each, 2 at a time, into runs/study-ladder',
  );
  expect(stdout).toMatch(/grpo +– +the baseline/);
  expect(stdout).toMatch(/\+ clip-higher +– +since the step before: loss\.clip: clip → clip-higher/);
  expect(stdout).toMatch(/9 comparisons, paired by seed/);
  // 9 · 2/2⁸ = 0.0703, and 9 · 2/2⁹ = 0.0352.
  expect(stdout).toMatch(/smallest corrected p is 0\.070; from 9 seeds on it could/);
  expect(existsSync(path.join(folder, 'runs'))).toBe(false);
});

test('five comparisons and 8 seeds let the sign-flip test agree', async () => {
  const { stdout } = await plan('--study', 'one-at-a-time', '--budget', 'steps=5');
  expect(stdout).toMatch(/can agree: its smallest corrected p is 0\.039/);
});

test('five seeds are said to support no claim', async () => {
  const { stdout } = await plan('--study', 'rates.json', '--seeds', '5');
  expect(stdout).toContain('no claim is made; claims begin at 6 seeds.');
});

test('the plan as JSON', async () => {
  const { stdout } = await plan(
    '--study',
    'grid',
    '--grid',
    'aggregation=token,sequence',
    '--budget',
    'prompts=40',
    '--json',
  );
  const { variants, budget, seeds } = JSON.parse(stdout) as Record<string, unknown>;
  expect(variants).toMatchObject([
    { name: 'config' },
    { changes: [{ path: 'aggregation', from: 'token', to: 'sequence' }] },
  ]);
  expect(budget).toEqual({ unit: 'prompts', amount: 40 });
  expect(seeds).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test('a budget that is none is refused as it is typed', async () => {
  const { code, stderr } = await plan('--budget', 'hours=3');
  expect(code).toBe(2);
  expect(stderr).toContain('It is not one of tokens, steps, updates, prompts, minutes.');
});

test('a variant whose clip rule can not act is refused with the reason', async () => {
  const { code, stderr } = await plan('--study', 'ladder', '--set', 'update.miniBatch=8');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: The variant «\+ clip-higher» would train exactly as .* DAPO_CLI_VARIANT_CAN_NOT_ACT/);
});

test('Ctrl-C in a pilot ends the plan: no other is flown, and none is said to have failed', async () => {
  const temporary = temporaryFolder();
  const seen = new Set<string>();
  const { code, stdout, stderr } = await dapo(['ablate', '--dry-run', '--study', 'rates.json', '--budget', 'steps=5'], {
    cwd: folder,
    env: { TMPDIR: temporary },
    onStart: (kill) => {
      const timer = setInterval(() => {
        const before = seen.size;
        for (const name of readdirSync(temporary)) if (name.startsWith('dapo-pilot-')) seen.add(name);
        if (before === 0 && seen.size > 0) kill('SIGINT');
        if (existsSync(path.join(temporary, 'ended'))) clearInterval(timer);
      }, 5);
    },
  }).finally(() => writeFileSync(path.join(temporary, 'ended'), ''));
  expect([code, stdout]).toEqual([130, '']);
  expect(stderr).not.toContain('PILOT_FAILED');
  expect(seen.size).toBe(1);
});

test('a study whose code has changed is not gone on with; until then all that lies in its folder is judged', async () => {
  const reward = (value: number): string => `
import { definePlugin, z } from '@dapo/core';
export default definePlugin({
  kind: 'reward', name: 'extra', role: 'bonus', options: z.strictObject({}), create: () => ({ score: () => ${value} }),
});
`;
  const own = temporaryFolder({
    'dapo.config.ts': tinyConfig.replace(
      "sampler: 'standard'",
      "rewards: { extra: './extra.ts' }, sampler: 'standard'",
    ),
    'rates.json': JSON.stringify({ kind: 'list', variants }),
    'extra.ts': reward(0),
  });
  const study = (seeds: number): ReturnType<typeof dapo> =>
    dapo(
      ['ablate', '--study', 'rates.json', '--seeds', String(seeds), '--budget', 'steps=1', '--out', 'study', '--json'],
      { cwd: own },
    );
  const read = (name: string): string => readFileSync(path.join(own, 'study', name), 'utf8');
  expect((await study(2)).code).toBe(0);

  const fewer = await study(1);
  expect(fewer.code, fewer.stderr).toBe(0);
  const { verdicts } = JSON.parse(fewer.stdout.trimEnd().split('\n').at(-1)!) as { verdicts: unknown };
  expect(verdicts).toMatchObject([{ variant: 'slow', seeds: [1, 2] }]);
  const kept = JSON.parse(read('study.json')) as { runs: unknown[]; verdicts: unknown };
  expect(kept).toMatchObject({ verdicts, looks: [] });
  expect(kept.runs).toHaveLength(4);
  expect(read('differences.csv').split('\r\n')[1]!.split(',')[4]).toBe('2');

  writeFileSync(path.join(own, 'extra.ts'), reward(1));
  const changed = await study(3);
  expect(changed.code).toBe(1);
  expect(changed.stderr).toMatch(
    /study\/runs\/config\/seed-1 was not trained with what is there now, nor 3 others .*DAPO_CLI_STUDY_RUNS_CHANGED\n +rewards\.extra: .*extra\.ts has changed/,
  );
  expect(existsSync(path.join(own, 'study/runs/config/seed-3'))).toBe(false);
});
