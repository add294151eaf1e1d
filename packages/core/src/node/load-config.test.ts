import fs from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { loadConfig, type LoadConfigOptions } from '../config/load-config.js';
import type { LoadedConfig } from '../config/layers.js';
import { resolveUserConfig } from '../config/resolve-user-config.js';
import { fakeManifest } from '../testing/fake-manifest.js';
import { temporaryFolder } from '../testing/temporary-folder.js';

const manifests = [fakeManifest];
const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await fs.rm(folder, { recursive: true });
});

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder({ 'package.json': '{}', ...files });
  folders.push(folder);
  return folder;
}

async function load(
  files: Readonly<Record<string, string>>,
  options: Partial<LoadConfigOptions> = {},
): Promise<LoadedConfig> {
  return loadConfig({ manifests, cwd: await folderWith(files), ...options });
}

function layersOf({ layers }: LoadedConfig): [string, object][] {
  return layers.map(({ origin, layer }) => [origin, layer]);
}

const typescript = {
  'dapo.config.ts': `
    import { defineConfig, tf } from '@dapo/core';
    import { steps } from './lib.js';
    enum Seed { First = 7 }
    export default defineConfig({ seed: Seed.First, budget: { rolloutSteps: steps }, name: typeof tf.tensor });
  `,
  'lib.ts': 'export const steps: number = await Promise.resolve(12);',
};

test.each<[string, Readonly<Record<string, string>>]>([
  ['TypeScript, with a file of its own, an enum and a top-level await', typescript],
  ['JavaScript', { 'dapo.config.mjs': "export default { seed: 7, budget: { rolloutSteps: 12 }, name: 'function' }" }],
  ['YAML', { 'dapo.config.yaml': 'seed: 7 # lucky\nbudget: { rolloutSteps: 12 }\nname: function\n' }],
  ['JSON', { 'dapo.config.json': '{ "seed": 7, "budget": { "rolloutSteps": 12 }, "name": "function" }' }],
  [
    'package.json',
    { 'package.json': '{ "dapo": { "seed": 7, "budget": { "rolloutSteps": 12 }, "name": "function" } }' },
  ],
  ['.daporc', { '.daporc': 'seed: 7\nbudget: { rolloutSteps: 12 }\nname: function\n' }],
])('a config in %s is read', async (_, files) => {
  const loaded = await load(files);
  expect(layersOf(loaded).at(-1)![1]).toEqual({ seed: 7, budget: { rolloutSteps: 12 }, name: 'function' });
  expect(loaded.folder).toBe(path.dirname(loaded.file!));
});

test('the core that a TypeScript config imports is this one', async () => {
  const core = await import('../index.js');
  (globalThis as { core?: unknown }).core = core;
  const { layers } = await load({
    'dapo.config.ts':
      "import * as core from '@dapo/core';\nexport default { seed: (globalThis as { core?: typeof core }).core?.definePlugin === core.definePlugin ? 1 : 0 }",
  });
  expect(layers.at(-1)!.layer).toEqual({ seed: 1 });
});

test('modules that are handed over are shared, too', async () => {
  const { layers } = await load(
    { 'dapo.config.ts': "import { number } from '@fake/plugins';\nexport default { seed: number }" },
    { virtualModules: { '@fake/plugins': { number: 3 } } },
  );
  expect(layers.at(-1)!.layer).toEqual({ seed: 3 });
});

test('a config is found in the folder above, up to the first package.json', async () => {
  const cwd = await folderWith({ 'dapo.config.yaml': 'seed: 3', 'inner/empty.txt': '', 'other/package.json': '{}' });
  expect((await loadConfig({ manifests, cwd: path.join(cwd, 'inner') })).file).toBe(path.join(cwd, 'dapo.config.yaml'));
  await expect(loadConfig({ manifests, cwd: path.join(cwd, 'other') })).rejects.toMatchObject({
    code: 'DAPO_CONFIG_NOT_FOUND',
  });
});

test('layers stand in the order defaults, extended ones from left to right, file, overrides', async () => {
  const loaded = await load(
    {
      'experiments/dapo.config.yaml': 'extends: [grpo, ../base/small.json]\nseed: 3\n',
      'base/small.json': '{ "extends": "./smaller.yaml", "rollout": { "prompts": 4 } }',
      'base/smaller.yaml': 'rollout: { prompts: 2 }\n',
    },
    { file: 'experiments/dapo.config.yaml', set: ['seed=4', 'seed=5'] },
  );
  expect(layersOf(loaded).map(([origin]) => origin)).toEqual([
    'defaults of @fake/plugins',
    'preset grpo',
    'smaller.yaml',
    '../base/small.json',
    'experiments/dapo.config.yaml',
    'the command line',
    'the command line',
  ]);
});

test('a config extends what a package exports', async () => {
  const loaded = await load({
    'dapo.config.yaml': "extends: '@acme/preset'\n",
    'node_modules/@acme/preset/package.json':
      '{ "name": "@acme/preset", "version": "2.0.0", "type": "module", "exports": "./index.js" }',
    'node_modules/@acme/preset/index.js': 'export default { seed: 9 }',
  });
  expect(layersOf(loaded).slice(1)).toEqual([
    ['preset @acme/preset', { seed: 9 }],
    ['dapo.config.yaml', {}],
  ]);
});

test('a problem of a YAML config is told with its line', async () => {
  const loaded = await load({ 'dapo.config.yaml': 'extends: dapo\nloss:\n  clip:\n    lo: 0.1\n' });
  const { problems } = await resolveUserConfig(loaded, { manifests });
  expect(problems.find(({ path: at }) => at === 'loss.clip.lo')!.message.replace(loaded.folder, '')).toBe(
    [
      'clip-rule clip-higher has no option «lo».',
      '  where:    at loss.clip.lo, in /dapo.config.yaml:4:5',
      '  expected: low or high',
      '  nearest:  low',
    ].join('\n'),
  );
});

test('a problem of a package.json is told with its line', async () => {
  const loaded = await load({ 'package.json': '{\n  "dapo": {\n    "sede": 1\n  }\n}' });
  const { problems } = await resolveUserConfig(loaded, { manifests });
  expect(problems[0]!.location).toEqual({ file: path.join(loaded.folder, 'package.json'), line: 3, column: 5 });
});

test('the .config folder of the working directory is not run', async () => {
  const cwd = await folderWith({
    'dapo.config.yaml': 'seed: 2',
    '.config/config.js': 'globalThis.ranUnasked = true; module.exports = {};',
  });
  const before = process.cwd();
  process.chdir(cwd);
  try {
    await loadConfig({ manifests });
  } finally {
    process.chdir(before);
  }
  expect(globalThis).not.toHaveProperty('ranUnasked');
});

test('$import, which is not of this engine, is not followed but told', async () => {
  const loaded = await load({ 'dapo.config.yaml': 'seed: 1\n$import: ./base.yaml', 'base.yaml': 'seed: 2' });
  const { problems } = await resolveUserConfig(loaded, { manifests });
  expect(problems[0]).toMatchObject({ code: 'DAPO_CONFIG_RESERVED_KEY', location: { line: 2, column: 1 } });
});

test('where code is not to be run, a config without any is read', async () => {
  expect(layersOf(await load({ 'dapo.config.yaml': 'seed: 2' }, { noExec: true })).at(-1)).toEqual([
    'dapo.config.yaml',
    { seed: 2 },
  ]);
});
