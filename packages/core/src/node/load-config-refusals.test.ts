import { expect, test } from 'vitest';
import { loadConfig, type LoadConfigOptions } from '../config/load-config.js';
import { fakeManifest } from '../testing/fake-manifest.js';
import { removeFolder, temporaryFolder } from '../testing/temporary-folder.js';

/** The text of what loading throws, with the folder's name taken out. */
async function refusal(
  files: Readonly<Record<string, string>>,
  options: Partial<LoadConfigOptions> = {},
): Promise<string> {
  const cwd = await temporaryFolder({ 'package.json': '{}', ...files });
  try {
    await loadConfig({ manifests: [fakeManifest], cwd, ...options });
  } catch (error) {
    return (error as Error).message.replaceAll(`${cwd}/`, '').replaceAll(cwd, 'FOLDER');
  } finally {
    await removeFolder(cwd);
  }
  return 'nothing was thrown';
}

test('where code is not to be run, none is', async () => {
  expect(await refusal({ 'dapo.config.ts': 'throw new Error()' }, { noExec: true })).toMatchInlineSnapshot(`
    "This is code, and code is not to be run.
      where:    in dapo.config.ts
      expected: a config in YAML or JSON, and plugins by name
      do:       read it; where you trust it, leave out --no-exec (noExec in the library)"
  `);
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
