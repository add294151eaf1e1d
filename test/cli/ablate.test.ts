import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { dapo, temporaryFolder, tinyConfig } from './dapo-process.js';

const variants = [{ name: 'slow', set: ['optimizer.learningRate=0.0001'] }];
const folder = temporaryFolder({
  'dapo.config.ts': tinyConfig,
  'rates.json': JSON.stringify({ kind: 'list', variants }),
});
const plan = (...args: string[]): ReturnType<typeof dapo> => dapo(['ablate', '--dry-run', '--no-pilot', ...args], { cwd: folder });

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
  const { stdout } = await plan('--study', 'grid', '--grid', 'aggregation=token,sequence', '--budget', 'prompts=40', '--json');
  const { variants, budget, seeds } = JSON.parse(stdout) as Record<string, unknown>;
  expect(variants).toMatchObject([{ name: 'config' }, { changes: [{ path: 'aggregation', from: 'token', to: 'sequence' }] }]);
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
