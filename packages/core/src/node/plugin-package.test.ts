import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { loadConfig } from '../config/load-config.js';
import { resolveUserConfig, type UserConfigResolution } from '../config/resolve-user-config.js';
import type { CodeAboutToRun } from '../plugin/module-loader.js';
import { fakeManifest, smallConfig } from '../testing/fake-manifest.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { hashOfPackage } from './hash-code.js';
import { engineVersion } from '../training/engine-versions.js';

const manifests = [fakeManifest];
const folders: string[] = [];
const shared = Symbol.for('@dapo/core/copies');

afterEach(async () => {
  for (const folder of folders.splice(0)) await fs.rm(folder, { recursive: true });
});

const SOFT = `
  globalThis.clipsRan = true;
  const brand = Symbol.for('@dapo/core/plugin@1');
  export const soft = { kind: 'clip-rule', name: 'soft', create: () => ({}), [brand]: 1 };
`;

/** An installed package of one clip rule. */
function clips(packageJson: object, index = SOFT): Record<string, string> {
  const json = {
    name: 'dapo-plugin-clips',
    version: '2.1.0',
    type: 'module',
    exports: './index.js',
    ...packageJson,
  };
  return {
    'node_modules/dapo-plugin-clips/package.json': JSON.stringify(json),
    'node_modules/dapo-plugin-clips/index.js': index,
  };
}

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder({ 'package.json': '{}', ...files });
  folders.push(folder);
  return folder;
}

async function resolve(files: Readonly<Record<string, string>>): Promise<UserConfigResolution> {
  Reflect.deleteProperty(globalThis, 'clipsRan');
  const config = { ...smallConfig, plugins: ['dapo-plugin-clips'], loss: { clip: 'soft' } } as object;
  return resolveUserConfig(config, { manifests, cwd: await folderWith(files) });
}

test('a package that says which engine it is for and what it holds is taken', async () => {
  const facts = {
    peerDependencies: { '@dapo/core': `^${engineVersion}` },
    dapo: { engine: '>=0.1 <1', plugins: { 'clip-rule': ['soft'] } },
  };
  const { problems, plugins } = await resolve(clips(facts));
  expect(problems).toEqual([]);
  expect(plugins.get('loss.clip')).toMatchObject({ origin: 'dapo-plugin-clips@2.1.0' });
});

test.each([
  ['peerDependencies', { peerDependencies: { '@dapo/core': '^7.0.0' } }],
  [
    'its field dapo',
    {
      peerDependencies: { '@dapo/core': '*' },
      dapo: { engine: '^7.0.0', plugins: { 'clip-rule': ['soft'] } },
    },
  ],
])('a package for another engine by %s is refused before its code runs', async (_, facts) => {
  const { problems, folder } = await resolve(clips(facts));
  expect(problems[0]!.message.replaceAll(`${folder}/`, '')).toBe(
    [
      `dapo-plugin-clips@2.1.0 is made for @dapo/core ^7.0.0, and this is ${engineVersion}.`,
      '  where:    at plugins.0, in node_modules/dapo-plugin-clips/package.json',
      '  expected: @dapo/core ^7.0.0',
      `  received: @dapo/core ${engineVersion}`,
      '  do:       look for a version of it that fits: npm view dapo-plugin-clips versions; or bring @dapo/core, @dapo/plugins and @dapo/cli to ^7.0.0',
    ].join('\n'),
  );
  expect(globalThis).not.toHaveProperty('clipsRan');
});

test('a kind that this engine does not know is refused before any code runs', async () => {
  const { problems } = await resolve(clips({ dapo: { engine: '*', plugins: { reranker: ['soft'] } } }));
  expect(problems[0]).toMatchObject({ code: 'DAPO_PLUGIN_PACKAGE_FIELD', path: 'plugins.0' });
  expect(globalThis).not.toHaveProperty('clipsRan');
});

test('a range that is none says nothing about versions', async () => {
  const { problems } = await resolve(clips({ peerDependencies: { '@dapo/core': 'workspace:*' } }));
  expect(problems).toEqual([]);
});

test('a package that holds other plugins than it names is told', async () => {
  const { problems } = await resolve(clips({ dapo: { engine: '*', plugins: { 'clip-rule': ['soft', 'hard'] } } }));
  expect(problems[0]).toMatchObject({
    code: 'DAPO_PLUGIN_PACKAGE_MISMATCH',
    expected: 'clip-rule soft or clip-rule hard',
    received: 'clip-rule soft',
  });
});

test('a package with a core of its own is warned of, with both places', async () => {
  const index = `import { define } from '@dapo/core';\nexport default define('soft');`;
  const own = `
    (globalThis[Symbol.for('@dapo/core/copies')] ??= []).push({ version: '0.1.7', url: import.meta.url });
    export const define = (name) => ({ kind: 'clip-rule', name, create: () => ({}), [Symbol.for('@dapo/core/plugin@1')]: 1 });
  `;
  const at = 'node_modules/dapo-plugin-clips/node_modules/@dapo/core';
  const files = {
    ...clips({}, index),
    [`${at}/package.json`]:
      '{ "name": "@dapo/core", "version": "0.1.7", "type": "module", "exports": "./dist/plugin/core-copies.js" }',
    [`${at}/dist/plugin/core-copies.js`]: own,
  };
  const { warnings, problems, folder } = await resolve(files);
  (globalThis as { [shared]?: object[] })[shared]!.length = 1;
  expect(problems).toEqual([]);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatchObject({ code: 'DAPO_PLUGIN_SECOND_CORE' });
  expect(warnings[0]!.received).toMatch(
    new RegExp(`/packages/core \\(${engineVersion}\\) and .*${path.basename(folder)}/${at} \\(0\\.1\\.7\\)$`),
  );
});

test('config, plugin files and packages are named with their hashes before they run, each from its own text', async () => {
  const files = {
    'dapo.config.ts': `globalThis.order.push('config');
      export default { extends: 'dapo', tokenizer: 'character', policy: 'small', prompts: { train: 'sums', heldOut: 'sums' },
        plugins: ['dapo-plugin-clips'], loss: { clip: './my-clip.ts' } };`,
    'my-clip.ts': `import { definePlugin } from '@dapo/core';
      globalThis.order.push('file');
      export default definePlugin({ kind: 'clip-rule', name: 'my-clip', create: () => ({ perToken: ({ ratio }) => ratio }) });`,
    ...clips({}, `globalThis.order.push('package');\n${SOFT}`),
  };
  const cwd = await folderWith(files);
  const order: string[] = [];
  (globalThis as { order?: string[] }).order = order;
  const named: CodeAboutToRun[] = [];
  const onCode = (code: CodeAboutToRun): void => {
    named.push(code);
    order.push(`named ${code.what}`);
  };
  const loaded = await loadConfig({ manifests, cwd, onCode });
  const { problems } = await resolveUserConfig(loaded, { manifests, onCode });
  expect(problems).toEqual([]);
  expect(order).toEqual(['named config', 'config', 'named package', 'package', 'named file', 'file']);
  const hash = (name: keyof typeof files): string => createHash('sha256').update(files[name]!).digest('hex');
  expect(named).toEqual([
    {
      what: 'config',
      specifier: 'dapo.config.ts',
      file: path.join(cwd, 'dapo.config.ts'),
      hash: hash('dapo.config.ts'),
    },
    {
      what: 'package',
      specifier: 'dapo-plugin-clips',
      file: path.join(cwd, 'node_modules/dapo-plugin-clips/index.js'),
      hash: await hashOfPackage(path.join(cwd, 'node_modules/dapo-plugin-clips')),
      version: '2.1.0',
    },
    { what: 'file', specifier: './my-clip.ts', file: path.join(cwd, 'my-clip.ts'), hash: hash('my-clip.ts') },
  ]);
});

test('the field of a package of plugins is no config, and any other is', async () => {
  const field = await folderWith({ 'package.json': '{ "dapo": { "engine": "*", "plugins": {} } }' });
  await expect(loadConfig({ manifests, cwd: field })).rejects.toMatchObject({
    code: 'DAPO_CONFIG_NOT_FOUND',
  });
  await expect(loadConfig({ manifests, cwd: field, noExec: true })).rejects.toMatchObject({
    code: 'DAPO_CONFIG_NOT_FOUND',
  });
  const config = await folderWith({ 'package.json': '{ "dapo": { "seed": 3 } }' });
  for (const noExec of [false, true]) {
    const { layers } = await loadConfig({ manifests, cwd: config, noExec });
    expect(layers.at(-1)).toMatchObject({ origin: 'package.json', layer: { seed: 3 } });
  }
});
