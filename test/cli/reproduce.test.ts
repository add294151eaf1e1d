import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { dapo, temporaryFolder, tinyConfig } from './dapo-process.js';

const reward = (right: number): string => `
import { definePlugin, z } from '@dapo/core';
export default definePlugin({
  kind: 'reward', name: 'mine', role: 'shaping', options: z.strictObject({}),
  create: () => ({ score: (batch) => batch.map(({ response }) => ${right} * response.text.length) }),
});
`;
const problems = (last: string): string =>
  ['1+1=|2', '2+2=|4', '3+1=|4', `2+1=|${last}`].map((line) => line.replace('|', ',')).join('\n');
const folder = temporaryFolder({
  'dapo.config.ts': tinyConfig
    .replace("train: { use: 'arithmetic', split: 'train', maxDigits: 1 }", "train: { use: 'csv', file: './train.csv' }")
    .replace('evaluation:', "rewards: { length: './mine.ts' }, evaluation:"),
  'mine.ts': reward(-0.01),
  'train.csv': `prompt,answer\n${problems('3')}\n`,
});
const reproduce = (...args: string[]): ReturnType<typeof dapo> =>
  dapo(['reproduce', 'runs/first', ...args], { cwd: folder });

beforeAll(async () => {
  expect((await dapo(['train', '--quiet', '--out', 'runs/first'], { cwd: folder })).code).toBe(0);
});

test('a run whose surroundings are as they were is reproduced, bit for bit', async () => {
  const { code, stdout } = await reproduce();
  expect(code).toBe(0);
  expect(stdout).toMatch(/\nReproduced: \d+ values of 2 steps and 3 evaluations are equal, bit for bit\.\n/);
  expect(stdout).not.toMatch(/^(config|plugins|data|engine|backend)$/m);
});

test('another seed is found, in the metrics and in the manifest', async () => {
  const { code, stdout } = await reproduce('--seed', '2');
  expect(code).toBe(1);
  expect(stdout).toMatch(/\nNot reproduced: \d+ of \d+ values .* are others, the first at step [01]\.\n/);
  expect(stdout).toContain('config\n  seed: 1 → 2\n');
});

test('what is trained again writes its metrics, whatever the trackers are told', async () => {
  const { code, stdout } = await reproduce('--steps', '1', '--set', 'trackers.jsonl=false');
  expect(code).toBe(0);
  expect(stdout).toMatch(/\nReproduced: \d+ values of 1 steps /);
});

test('a plugin that was changed is found by its hash', async () => {
  writeFileSync(path.join(folder, 'mine.ts'), reward(-0.5));
  const { code, stdout } = await reproduce('--steps', '1');
  writeFileSync(path.join(folder, 'mine.ts'), reward(-0.01));
  expect(code).toBe(1);
  expect(stdout).toMatch(/step 1: reward\/mean was \S+, now it is \S+\n/);
  expect(stdout).toMatch(/\nplugins\n {2}rewards\.length\.hash: \S+ → \S+\n/);
});

test('a data set that was changed is found by its fingerprint', async () => {
  writeFileSync(path.join(folder, 'train.csv'), `prompt,answer\n${problems('4')}\n`);
  const { stdout } = await reproduce('--json');
  writeFileSync(path.join(folder, 'train.csv'), `prompt,answer\n${problems('3')}\n`);
  const { differences } = JSON.parse(stdout) as { differences: Record<string, { path: string }[]> };
  expect(differences['data']!.map(({ path: place }) => place)).toEqual(['train']);
  expect(differences['plugins']!.map(({ path: place }) => place)).toEqual(['prompts.train.files.train.csv']);
});

/** A run whose manifest says something else than what there is now. */
function pretend(run: string, change: (manifest: Manifest) => void): void {
  cpSync(path.join(folder, 'runs/first'), path.join(folder, run), { recursive: true });
  const file = path.join(folder, run, 'manifest.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  change(manifest);
  writeFileSync(file, JSON.stringify(manifest));
}

interface Manifest {
  readonly plugins: Record<string, { hash: string }>;
  readonly engine: Record<string, string>;
  readonly code: Record<string, string>;
  readonly backend: Record<string, string>;
}

test('a built-in plugin, its package, a version and a backend that are other ones are named, by reproduce and by resume', async () => {
  pretend('runs/older', ({ plugins, engine, code, backend }) => {
    plugins['loss.clip']!.hash = '0'.repeat(64);
    code['@dapo/plugins'] = '0'.repeat(64);
    engine['@tensorflow/tfjs'] = '4.21.0';
    backend['name'] = 'tensorflow';
  });
  const { stdout } = await dapo(['reproduce', 'runs/older', '--steps', '1'], { cwd: folder });
  expect(stdout).toContain('They are, although not all is as it was then:');
  expect(stdout).toMatch(/\nplugins\n {2}loss\.clip\.hash: 0{64} → [0-9a-f]{64}\n/);
  expect(stdout).toMatch(/\nengine\n {2}@tensorflow\/tfjs: 4\.21\.0 → 4\.22\.0\n/);
  expect(stdout).toMatch(/\ncode\n {2}@dapo\/plugins: 0{64} → [0-9a-f]{64}\n/);
  expect(stdout).toMatch(/\nbackend\n {2}name: tensorflow → wasm\n/);
  const { stderr } = await dapo(['resume', 'runs/older', '--steps', '3', '--quiet'], { cwd: folder });
  expect(stderr).toContain('loss.clip: clip-rule clip-higher of @dapo/plugins@0.1.0 has changed');
  expect(stderr).toContain('@dapo/plugins: its code has changed');
  expect(stderr).toContain('@tensorflow/tfjs: was 4.21.0, now it is 4.22.0');
  expect(stderr).not.toContain('loss.ratio');
});

test('a base model that was changed is found by its weights, by reproduce and by resume', async () => {
  cpSync(path.join(folder, 'runs/first/checkpoints/step-000002/policy'), path.join(folder, 'base'), {
    recursive: true,
  });
  const set = ['--set', 'policy.checkpoint="./base"'];
  expect((await dapo(['train', '--quiet', '--out', 'runs/based', ...set], { cwd: folder })).code).toBe(0);
  const file = path.join(folder, 'base/model.safetensors');
  const weights = readFileSync(file);
  weights[weights.length - 2]! ^= 1;
  writeFileSync(file, weights);
  const { stdout } = await dapo(['reproduce', 'runs/based'], { cwd: folder });
  expect(stdout).toMatch(/\nplugins\n {2}policy\.files\.base\/model\.safetensors: [0-9a-f]{64} → [0-9a-f]{64}\n/);
  const { stderr } = await dapo(['resume', 'runs/based', '--steps', '3', '--quiet'], { cwd: folder });
  expect(stderr).toContain('policy: base/model.safetensors has changed');
});
