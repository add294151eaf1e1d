import fs from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { loadConfig } from '../config/load-config.js';
import { resolveUserConfig } from '../config/resolve-user-config.js';
import { fakeManifest, smallConfig } from '../testing/fake-manifest.js';
import { temporaryFolder } from '../testing/temporary-folder.js';

vi.mock('cosmiconfig', () => ({
  cosmiconfig: () => {
    throw new Error('an explorer was made');
  },
}));

const manifests = [fakeManifest];
const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await fs.rm(folder, { recursive: true });
});

async function load(files: Readonly<Record<string, string>>, file?: string): Promise<string> {
  const cwd = await temporaryFolder({ 'package.json': '{}', ...files });
  folders.push(cwd);
  try {
    const { layers } = await loadConfig({ manifests, cwd, file, noExec: true });
    return JSON.stringify(layers.at(-1)!.layer);
  } catch (error) {
    return (error as Error).message.replaceAll(`${cwd}/`, '');
  }
}

test.each([
  ['dapo.config.yaml', 'seed: 3 # lucky'],
  ['dapo.config.yml', 'seed: 3'],
  ['dapo.config.json', '{ "seed": 3 }'],
  ['.daporc', 'seed: 3'],
  ['.daporc.json', '{ "seed": 3 }'],
  ['package.json', '{ "dapo": { "seed": 3 } }'],
])(
  'where no code may run, %s is read, named or found, and no explorer of cosmiconfig is made',
  async (name, content) => {
    expect(await load({ [name]: content })).toBe('{"seed":3}');
    expect(await load({ [name]: content }, name)).toBe('{"seed":3}');
  },
);

test('a config that is code is refused, even beside one that is none', async () => {
  const files = {
    'dapo.config.ts': 'globalThis.ranUnasked = true; export default {}',
    'dapo.config.yaml': 'seed: 3',
  };
  for (const file of [undefined, 'dapo.config.ts']) {
    expect(await load(files, file)).toMatch(
      /^This is code, and code is not to be run\.\n {2}where: {4}in dapo\.config\.ts\n/,
    );
  }
  expect(await load(files, 'dapo.config.yaml')).toBe('{"seed":3}');
  expect(
    await load({
      'dapo.config.yaml': 'extends: ./base.ts',
      'base.ts': 'globalThis.ranUnasked = true; export default {}',
    }),
  ).toContain('in base.ts');
  expect(globalThis).not.toHaveProperty('ranUnasked');
});

test('plugins that are code are refused, and nothing of them runs', async () => {
  const cwd = await temporaryFolder({
    'package.json': '{}',
    'mine.ts': 'globalThis.ranUnasked = true',
    'node_modules/dapo-plugin-x/package.json':
      '{ "name": "dapo-plugin-x", "version": "1.0.0", "exports": "./index.js" }',
    'node_modules/dapo-plugin-x/index.js': 'globalThis.ranUnasked = true',
  });
  folders.push(cwd);
  const config = { ...smallConfig, plugins: ['./mine.ts', 'dapo-plugin-x'] } as object;
  const { problems } = await resolveUserConfig(config, { manifests, cwd, noExec: true });
  expect(problems.map(({ message }) => message.replaceAll(`${cwd}${path.sep}`, ''))).toEqual([
    expect.stringMatching(/«\.\/mine\.ts» could not be imported: This is code, and code is not to be run\./) as string,
    expect.stringMatching(/«dapo-plugin-x» could not be imported: This is code, and code is not to be run\./) as string,
  ]);
  expect(globalThis).not.toHaveProperty('ranUnasked');
});

test('a config that is not there, is empty or of another kind is told as elsewhere', async () => {
  expect(await load({})).toContain('There is no config in ');
  expect(await load({ 'dapo.config.yaml': '# soon' })).toContain('The config is empty.');
  expect(await load({ 'dapo.config.json': '{ "seed": }' })).toMatch(/can not be parsed.*\n.*dapo\.config\.json:1:11/);
});
