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

/** The text of what loading throws, with the folder's name taken out. */
async function refusal(
  files: Readonly<Record<string, string>>,
  options: Partial<LoadConfigOptions> = {},
): Promise<string> {
  const cwd = await folderWith(files);
  try {
    await loadConfig({ manifests, cwd, ...options });
  } catch (error) {
    return (error as Error).message.replaceAll(`${cwd}/`, '').replaceAll(cwd, 'FOLDER');
  }
  return 'nothing was thrown';
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

test('where code is not to be run, none is', async () => {
  expect(await refusal({ 'dapo.config.ts': 'throw new Error()' }, { noExec: true })).toMatchInlineSnapshot(`
    "This is code, and code is not to be run.
      where:    in dapo.config.ts
      expected: a config in YAML or JSON, and plugins by name
      do:       read it; where you trust it, leave out --no-exec (noExec in the library)"
  `);
  expect(layersOf(await load({ 'dapo.config.yaml': 'seed: 2' }, { noExec: true })).at(-1)).toEqual([
    'dapo.config.yaml',
    { seed: 2 },
  ]);
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

test('no config', async () => {
  expect(await refusal({})).toMatchInlineSnapshot(`
    "There is no config in FOLDER.
      expected: dapo.config.ts, dapo.config.mts, dapo.config.js, dapo.config.mjs, dapo.config.yaml, dapo.config.yml, dapo.config.json, .daporc, .daporc.yaml, .daporc.yml, .daporc.json or package.json
      do:       name one, change into its folder, or begin an experiment: dapo init"
  `);
});

test('a config that is named and missing', async () => {
  expect(await refusal({}, { file: 'experiment.yaml' })).toMatchInlineSnapshot(`
    "There is no such config file.
      where:    in experiment.yaml
      do:       relative paths start from the folder in which the command runs"
  `);
});

test('a config of an unknown kind', async () => {
  expect(await refusal({ 'config.toml': '' }, { file: 'config.toml' })).toMatchInlineSnapshot(`
    "A config of this kind can not be read.
      where:    in config.toml
      expected: a file that ends in .ts, .mts, .js, .mjs, .yaml, .yml or .json"
  `);
});

test.each(['dapo.config.ts', 'dapo.config.yaml', 'dapo.config.json'])('an empty %s', async (name) => {
  expect(await refusal({ [name]: '\n' })).toBe(
    `The config is empty.\n  where:    in ${name}\n  do:       five lines are enough; extends: 'dapo' brings the rest`,
  );
});

test('a config of comments only', async () => {
  expect(await refusal({ 'dapo.config.yaml': '# soon\n' })).toContain('The config is empty.');
});

test('a config without a default export', async () => {
  expect(await refusal({ 'dapo.config.ts': 'export const seed = 1; export const name = "x";' })).toMatchInlineSnapshot(`
    "The config has no default export.
      where:    in dapo.config.ts
      expected: export default defineConfig({ … })
      received: exports name, seed"
  `);
});

test('a config that is no map', async () => {
  expect(await refusal({ 'dapo.config.ts': 'export default () => ({ seed: 1 })' })).toMatchInlineSnapshot(`
    "A config is a map of keys and values.
      where:    in dapo.config.ts
      received: a function"
  `);
  expect(await refusal({ 'dapo.config.yaml': '\n- seed\n- 1\n' })).toMatchInlineSnapshot(`
    "A config is a map of keys and values.
      where:    in dapo.config.yaml:2:1
      received: ["seed",1]"
  `);
});

test('a syntax error in TypeScript', async () => {
  expect(await refusal({ 'dapo.config.ts': 'export default {\n  seed: 1,,\n}' })).toMatchInlineSnapshot(`
    "This can not be parsed: Unexpected token
      where:    in dapo.config.ts:2:11"
  `);
});

test('a syntax error in a file that the config imports', async () => {
  const files = {
    'dapo.config.ts': "import { a } from './lib.ts'\nexport default { seed: a }",
    'lib.ts': '\nexport const a = = 1',
  };
  expect(await refusal(files)).toMatchInlineSnapshot(`
    "This can not be parsed: Unexpected token
      where:    in lib.ts:2:18"
  `);
});

test('a syntax error in YAML', async () => {
  expect(await refusal({ 'dapo.config.yaml': 'seed: 1\nloss: { clip: cispo\n' })).toMatchInlineSnapshot(`
    "This can not be parsed: Flow map in block collection must be sufficiently indented and end with a }
      where:    in dapo.config.yaml:3:1"
  `);
});

test('a syntax error in JSON', async () => {
  expect(await refusal({ 'dapo.config.json': '{\n  "seed": 1,\n}' })).toMatchInlineSnapshot(`
    "This can not be parsed: «}» is not expected here
      where:    in dapo.config.json:3:1"
  `);
});

test('a config that throws', async () => {
  expect(
    await refusal({
      'dapo.config.ts': '\nconst seed: number = Number(1n);\nthrow new Error(`no seed ${seed}`)\nexport default {}',
    }),
  ).toMatchInlineSnapshot(`
    "This could not be imported: no seed 1
      where:    in dapo.config.ts:3:7"
  `);
});

test('a config that imports what is not there', async () => {
  expect(await refusal({ 'dapo.config.ts': "import a from './nope.ts'\nexport default { a }" })).toMatchInlineSnapshot(`
    "This could not be imported: Cannot find module './nope.ts'
      where:    in dapo.config.ts:1:16"
  `);
});

test('$import, which is not of this engine, is not followed but told', async () => {
  const loaded = await load({ 'dapo.config.yaml': 'seed: 1\n$import: ./base.yaml', 'base.yaml': 'seed: 2' });
  const { problems } = await resolveUserConfig(loaded, { manifests });
  expect(problems[0]).toMatchObject({ code: 'DAPO_CONFIG_RESERVED_KEY', location: { line: 2, column: 1 } });
});

test('extending a file that is not there', async () => {
  expect(await refusal({ 'dapo.config.yaml': 'seed: 1\nextends: ./base.yaml\n' })).toMatchInlineSnapshot(`
    "There is no file ./base.yaml to extend.
      where:    at extends, in dapo.config.yaml:2:1
      do:       relative paths start from the folder of the file that names them"
  `);
});

test('extending a package that is not there', async () => {
  expect(await refusal({ 'dapo.config.yaml': "extends: '@acme/preset'\n" })).toMatchInlineSnapshot(`
    "The package «@acme/preset» could not be imported: Cannot find module '@acme/preset'
      where:    at extends, in dapo.config.yaml:1:1
      do:       install it beside the config: npm install @acme/preset"
  `);
});

test('configs that extend each other', async () => {
  const files = {
    'dapo.config.yaml': 'extends: ./base.yaml\n',
    'base.yaml': 'seed: 1\nextends: [dapo, ./dapo.config.yaml]\n',
  };
  expect(await refusal(files)).toMatchInlineSnapshot(`
    "The config extends itself: dapo.config.yaml → base.yaml → dapo.config.yaml.
      where:    at extends, in dapo.config.yaml:1:1
      do:       take out one of these"
  `);
});

test('an override without a value', async () => {
  expect(await refusal({ 'dapo.config.yaml': 'seed: 1' }, { set: ['seed'] })).toContain(
    '--set seed: there is no = in it',
  );
});
