import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { loadConfig } from '../config/load-config.js';
import { describeConfig } from '../config/describe-config.js';
import { asLoadedConfig, resolveUserConfig, type UserConfigResolution } from '../config/resolve-user-config.js';
import { fakeManifest, smallConfig } from '../testing/fake-manifest.js';
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

async function resolve(files: Readonly<Record<string, string>>, config: object): Promise<UserConfigResolution> {
  return resolveUserConfig({ ...smallConfig, ...config }, { manifests, cwd: await folderWith(files) });
}

/** The text of everything that is wrong, with the folder's name taken out. */
async function problems(files: Readonly<Record<string, string>>, config: object): Promise<string> {
  const { problems: told, folder } = await resolve(files, config);
  return told.map(({ message }) => message.replaceAll(`${folder}/`, '')).join('\n\n');
}

const clip = (name: string): string => `
  import { definePlugin, z } from '@dapo/core';
  export default definePlugin({
    kind: 'clip-rule',
    name: '${name}',
    options: z.strictObject({ low: z.number().default(0.5) }),
    create: () => ({ perToken: ({ ratio }) => ratio }),
  });
`;

const acme = (exports: string): Record<string, string> => ({
  'node_modules/@acme/clips/package.json':
    '{ "name": "@acme/clips", "version": "2.1.0", "type": "module", "exports": "./index.js" }',
  'node_modules/@acme/clips/index.js': `
    const brand = Symbol.for('@dapo/core/plugin@1');
    const rule = (name, kind = 'clip-rule') => ({ kind, name, create: () => ({}), [brand]: 1 });
    ${exports}
  `,
});

test('a node names a plugin by its file', async () => {
  const { config, plugins, folder } = await resolve(
    { 'my-clip.ts': clip('my-clip') },
    { loss: { clip: './my-clip.ts' } },
  );
  expect(config!.loss.parts['clip']).toEqual({ use: './my-clip.ts', options: { low: 0.5 }, parts: {}, weight: 1 });
  const hash = createHash('sha256').update(clip('my-clip')).digest('hex');
  expect(plugins.get('loss.clip')).toMatchObject({ origin: path.join(folder, 'my-clip.ts'), hash });
});

test('a plugin listed in plugins is found by its name', async () => {
  const config = { plugins: ['./my-clip.ts'], loss: { clip: { use: 'my-clip', low: 0.1 } } };
  const { config: resolved, problems: told } = await resolve({ 'my-clip.ts': clip('my-clip') }, config);
  expect(told).toEqual([]);
  expect(resolved!.loss.parts['clip']).toMatchObject({ use: 'my-clip', options: { low: 0.1 } });
  expect(resolved!.plugins).toEqual(['./my-clip.ts']);
});

test('all plugins that a file exports are registered', async () => {
  const both = `${clip('first')}\n${clip('second')
    .replace('export default', 'export const second =')
    .replace(/import.*/, '')}`;
  const { config } = await resolve({ 'clips.ts': both }, { plugins: ['./clips.ts'], loss: { clip: 'second' } });
  expect(config!.loss.parts['clip']!.use).toBe('second');
});

test('a node names a plugin by its package, and one of several by its name', async () => {
  const one = await resolve(acme("export default rule('soft')"), { loss: { clip: '@acme/clips' } });
  expect(one.plugins.get('loss.clip')).toMatchObject({ plugin: { name: 'soft' }, origin: '@acme/clips@2.1.0' });
  const two = await resolve(acme("export const soft = rule('soft'); export const hard = rule('hard');"), {
    loss: { clip: '@acme/clips#hard' },
  });
  expect(two.plugins.get('loss.clip')!.plugin.name).toBe('hard');
});

test("a path in another folder's config starts there, and is written whole into the manifest", async () => {
  const cwd = await folderWith({
    'lab/dapo.config.yaml': `extends: [dapo, ../base/clip.yaml]\ntokenizer: character\npolicy: small\nprompts: { train: sums, heldOut: sums }`,
    'base/clip.yaml': 'loss: { clip: ./my-clip.ts }\nplugins: [./other.ts]',
    'base/my-clip.ts': clip('my-clip'),
    'base/other.ts': clip('other'),
  });
  const loaded = await loadConfig({ manifests, cwd: path.join(cwd, 'lab') });
  const { config, problems: told } = await resolveUserConfig(loaded, { manifests });
  expect(told).toEqual([]);
  expect(config!.loss.parts['clip']!.use).toBe(path.join(cwd, 'base/my-clip.ts'));
  expect(config!.plugins).toEqual([path.join(cwd, 'base/other.ts')]);
  const again = await resolveUserConfig(asLoadedConfig(describeConfig(config!), 'manifest.json', loaded.folder), {
    manifests,
  });
  expect(again.config).toEqual(config);
});

test('where code is not to be run, no plugin file is', async () => {
  const cwd = await folderWith({ 'my-clip.ts': 'globalThis.ranUnasked = true' });
  const { problems: told } = await resolveUserConfig({ ...smallConfig, loss: { clip: './my-clip.ts' } } as object, {
    manifests,
    cwd,
    noExec: true,
  });
  expect(told.map(({ message }) => message.replaceAll(`${cwd}/`, '')).join('\n')).toMatchInlineSnapshot(`
    "The plugin «./my-clip.ts» could not be imported: This is code, and code is not to be run.
      where:    at loss.clip, in my-clip.ts
      do:       read it; where you trust it, leave out --no-exec (noExec in the library)"
  `);
  expect(globalThis).not.toHaveProperty('ranUnasked');
});

test('a plugin file that is not there', async () => {
  expect(await problems({}, { loss: { clip: './my-clip.ts' } })).toMatchInlineSnapshot(`
    "The plugin «./my-clip.ts» could not be imported: There is no such file.
      where:    at loss.clip, in my-clip.ts
      do:       relative paths start from the folder of the config"
  `);
});

test('a package that is not installed', async () => {
  expect(await problems({}, { loss: { clip: 'dapo-plugin-clips#soft' } })).toMatchInlineSnapshot(`
    "The plugin «dapo-plugin-clips» could not be imported: Cannot find module 'dapo-plugin-clips'
      where:    at loss.clip
      do:       install it beside the config: npm install dapo-plugin-clips"
  `);
});

test('a plugin file with a syntax error', async () => {
  expect(await problems({ 'my-clip.ts': '\nexport default = 1' }, { plugins: ['./my-clip.ts'] }))
    .toMatchInlineSnapshot(`
    "The plugin «./my-clip.ts» could not be imported: ParseError: Unexpected token
      where:    at plugins.0, in my-clip.ts:2:16"
  `);
});

test('a plugin file that throws', async () => {
  expect(
    await problems({ 'my-clip.ts': '\n\nthrow new Error("no luck")\nexport default 1' }, { plugins: ['./my-clip.ts'] }),
  ).toMatchInlineSnapshot(`
    "The plugin «./my-clip.ts» could not be imported: no luck
      where:    at plugins.0, in my-clip.ts:3:7"
  `);
});

test('a plugin file that imports what is not there', async () => {
  expect(
    await problems({ 'my-clip.ts': "\nimport { a } from 'nowhere'\nexport default a" }, { plugins: ['./my-clip.ts'] }),
  ).toMatchInlineSnapshot(`
    "The plugin «./my-clip.ts» could not be imported: Cannot find module 'nowhere'
      where:    at plugins.0, in my-clip.ts:2:20"
  `);
});

test('a file that exports no plugin', async () => {
  expect(
    await problems(
      { 'my-clip.ts': 'export default { kind: "clip-rule" }; export const low = 1' },
      { loss: { clip: './my-clip.ts' } },
    ),
  ).toMatchInlineSnapshot(`
    "«./my-clip.ts» exports no plugin.
      where:    at loss.clip
      expected: export default definePlugin({ kind, name, create })
      received: exports default, low"
  `);
});

test('a file with a plugin of another kind', async () => {
  expect(await problems({ 'my-clip.ts': clip('my-clip') }, { sampler: './my-clip.ts' })).toMatchInlineSnapshot(`
    "«./my-clip.ts» is a plugin of the kind clip-rule, not sampler.
      where:    at sampler
      expected: a plugin of the kind sampler
      do:       name a sampler here, and move this one to the place of its kind"
  `);
});

test('a package with several plugins of the kind', async () => {
  expect(
    await problems(acme("export const soft = rule('soft'); export const hard = rule('hard');"), {
      loss: { clip: '@acme/clips' },
    }),
  ).toMatchInlineSnapshot(`
    "«@acme/clips» has more than one plugin of the kind clip-rule.
      where:    at loss.clip
      expected: @acme/clips#hard or @acme/clips#soft"
  `);
});

test('a package without the plugin that is named', async () => {
  expect(
    await problems(acme("export const soft = rule('soft'); export const hard = rule('hard');"), {
      loss: { clip: '@acme/clips#sof' },
    }),
  ).toMatchInlineSnapshot(`
    "«@acme/clips» has no clip-rule «sof».
      where:    at loss.clip
      expected: @acme/clips#hard or @acme/clips#soft
      nearest:  @acme/clips#soft"
  `);
});

test('two plugins of one name', async () => {
  const files = { 'a.ts': clip('mine'), 'b.ts': clip('mine') };
  expect(await problems(files, { plugins: ['./a.ts', './b.ts'] })).toMatchInlineSnapshot(`
    "There are two plugins of the kind clip-rule with the name «mine».
      where:    at plugins.1
      expected: a name of its own for each
      received: a.ts and b.ts
      do:       rename one of them"
  `);
});

test('a plugin with the name of a built-in one', async () => {
  expect(await problems({ 'a.ts': clip('clip') }, { plugins: ['./a.ts'] })).toMatchInlineSnapshot(`
    "There are two plugins of the kind clip-rule with the name «clip».
      where:    at plugins.0
      expected: a name of its own for each
      received: @fake/plugins@1.2.3 and a.ts
      do:       rename one of them"
  `);
});

test('a plugin of another version of the core', async () => {
  const exports =
    "export default { kind: 'clip-rule', name: 'soft', create: () => ({}), [Symbol.for('@dapo/core/plugin@2')]: 1 }";
  expect(await problems(acme(exports), { loss: { clip: '@acme/clips' } })).toMatchInlineSnapshot(`
    "«@acme/clips» was made by another version of @dapo/core: it carries another brand.
      where:    at loss.clip
      expected: @dapo/core/plugin@1
      received: @dapo/core/plugin@2
      do:       two copies of @dapo/core are installed; npm ls @dapo/core shows them: bring both to one version"
  `);
});

test.each([
  ["rule('Soft Clip')", 'clip-rule Soft Clip is not well defined: a name is lower case, its words joined by -.'],
  ["rule('soft', 'clipper')", 'clipper soft is not well defined: there is no kind «clipper».'],
  [
    "{ ...rule('soft'), slots: { use: { kind: 'kl-term' } } }",
    "clip-rule soft is not well defined: the key «use» is the engine's.",
  ],
])('a plugin defined as %s', async (definition, told) => {
  expect(await problems(acme(`export default ${definition}`), { plugins: ['@acme/clips'] })).toContain(told);
});

test('every plugin that can not be loaded is told, beside everything else', async () => {
  const { problems: told } = await resolve({}, { plugins: ['./a.ts', './b.ts'], sede: 1, loss: { clip: './c.ts' } });
  expect(told.map(({ path: at }) => at)).toEqual(['sede', 'plugins.0', 'plugins.1', 'loss.clip']);
});
