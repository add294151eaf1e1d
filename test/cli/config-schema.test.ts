import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from '@dapo/core';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { dapo, temporaryFolder, tinyConfig } from './dapo-process.js';

const { stdout: text } = await dapo(['config', '--schema'], { cwd: temporaryFolder() });
const schema = z.fromJSONSchema(JSON.parse(text) as Parameters<typeof z.fromJSONSchema>[0]);
const takes = (config: unknown): boolean => schema.safeParse(config).success;

test.each<[string, object]>([
  ['a preset and prompts', { extends: 'dapo', prompts: { train: { use: 'arithmetic', maxDigits: 2 } } }],
  ['a plugin with options in a slot', { loss: { use: 'policy-gradient', clip: { use: 'clip-higher', high: 0.3 } } }],
  ['a slot of what a preset chose', { loss: { clip: 'clip-higher' } }],
  ['options of what a preset chose', { optimizer: { learningRate: 0.1 }, sampler: { maxRounds: 3 } }],
  [
    'parts under names of their own, weighted or taken out',
    { rewards: { a: false, b: { use: 'exact-answer', weight: 2 } } },
  ],
  [
    'a file and packages',
    {
      plugins: ['dapo-plugin-x'],
      sampler: './mine.ts',
      loss: { use: '@acme/loss', any: 1 },
      advantage: 'dapo-plugin-x#y',
    },
  ],
  ['the line that names the schema', { $schema: './dapo.schema.json', extends: ['dapo', './base.yaml'] }],
])('the schema takes %s', (_, config) => {
  expect(takes(config)).toBe(true);
});

test.each<[string, object]>([
  ['a key that there is not', { sede: 1 }],
  ['a name that nobody has', { sampler: 'dynamc' }],
  ['a name of another kind in a slot', { loss: { clip: 'exact-answer' } }],
  ['an option that a plugin does not have', { sampler: { use: 'dynamic', maxRound: 3 } }],
  ['an option of another type', { sampler: { use: 'dynamic', maxRounds: 'many' } }],
  ['a number out of bounds', { rollout: { groupSize: -1 } }],
  ['a preset that there is not', { extends: 'gropo' }],
  ['what can not be taken out', { sampler: false }],
])('the schema refuses %s', (_, config) => {
  expect(takes(config)).toBe(false);
});

test('every preset and a whole resolved config are as the schema says', async () => {
  const catalogue = readFileSync(new URL('../../packages/plugins/dist/catalogue.json', import.meta.url), 'utf8');
  const { presets } = JSON.parse(catalogue) as { presets: { name: string; config: object }[] };
  for (const { name, config } of presets) expect([name, takes(config)]).toEqual([name, true]);
  const resolved = await dapo(['config', '--json'], {
    cwd: temporaryFolder({ 'dapo.config.ts': tinyConfig }),
  });
  const { config } = JSON.parse(resolved.stdout) as { config: object };
  expect(schema.safeParse(config).error?.message).toBeUndefined();
});

test('a template in YAML names the schema in its first line, brings it, and is as it says', async () => {
  const cwd = temporaryFolder();
  expect((await dapo(['init', 'x', '--template', 'reward-http'], { cwd })).code).toBe(0);
  const config = readFileSync(path.join(cwd, 'x/dapo.config.yaml'), 'utf8');
  expect(config).toMatch(/^# yaml-language-server: \$schema=\.\/dapo\.schema\.json\n/);
  expect(readFileSync(path.join(cwd, 'x/dapo.schema.json'), 'utf8')).toBe(text);
  expect(schema.safeParse(parse(config)).error?.message).toBeUndefined();
});

test('a JSON config with a $schema line is valid for the engine, too', async () => {
  const config = { $schema: './dapo.schema.json', extends: 'dapo', prompts: { train: 'arithmetic' } };
  const cwd = temporaryFolder({ 'dapo.config.json': JSON.stringify(config), 'dapo.schema.json': text });
  const { stdout: verdict } = await dapo(['validate'], { cwd });
  expect(verdict).toMatch(/The config is valid/);
  expect((await dapo(['validate', '--no-exec'], { cwd })).stdout).toBe(verdict);
});

test('every plugin is named with its summary', () => {
  const { definitions } = JSON.parse(text) as {
    definitions: Record<string, { anyOf: Record<string, unknown>[] }>;
  };
  const named = Object.values(definitions).flatMap(({ anyOf }) => anyOf.filter((part) => 'const' in part));
  expect(named.length).toBeGreaterThan(60);
  for (const part of named) expect(part['description'], String(part['const'])).toEqual(expect.any(String));
});
