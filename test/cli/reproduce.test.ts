import { writeFileSync } from 'node:fs';
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
    .replace(
      "train: { use: 'arithmetic', split: 'train', maxDigits: 1 }",
      "train: { use: 'csv', file: './train.csv' }",
    )
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
  expect(stdout).toMatch(/\nReproduced: \d+ values of 2 steps and 3 evaluations are equal, bit for bit\.\n$/);
});

test('another seed is found, in the metrics and in the manifest', async () => {
  const { code, stdout } = await reproduce('--seed', '2');
  expect(code).toBe(1);
  expect(stdout).toMatch(/\nNot reproduced: \d+ of \d+ values .* are others, the first at step [01]\.\n/);
  expect(stdout).toContain('config\n  seed: 1 → 2\n');
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
  expect(differences['plugins']).toEqual([]);
});
