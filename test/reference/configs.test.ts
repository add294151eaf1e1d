import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadConfig, validate, type UserConfig } from '@dapo/core';
import * as plugins from '@dapo/plugins';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { configPlace } from '../../packages/cli/src/scaffold/config-line.js';
import { configsIn, root, shownConfigs, type ShownConfig } from './documented-configs.js';

const engine = { manifests: [plugins.default], virtualModules: { '@dapo/plugins': plugins } };
const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

/** A copy of a template's folder with files more. */
function folderOf({ template, files }: Pick<ShownConfig, 'template' | 'files'>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'dapo-config-'));
  folders.push(folder);
  cpSync(path.join(root, 'templates', template), folder, {
    recursive: true,
    filter: (name) => !/[/\\](node_modules|runs)$/.test(name),
  });
  installItself(folder);
  setVariables(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

/** A template that is a package of plugins, as it is once it has been installed: by its name, from its sources. */
function installItself(folder: string): void {
  const file = path.join(folder, 'package.json');
  const description = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { name: string; dapo?: object })
    : undefined;
  if (!description?.dapo) return;
  const place = path.join(folder, 'node_modules', description.name);
  cpSync(path.join(folder, 'src'), path.join(place, 'src'), { recursive: true });
  writeFileSync(path.join(place, 'package.json'), JSON.stringify({ ...description, exports: './src/index.ts' }));
}

/** Addresses and keys that a template reads from the environment, as a person sets them. */
function setVariables(folder: string): void {
  const texts = readdirSync(folder)
    .filter((name) => /\.(ts|yaml|md)$/.test(name))
    .map((name) => readFileSync(path.join(folder, name), 'utf8'));
  const names = texts.join('\n').match(/\b[A-Z][A-Z0-9_]*_(URL|KEY)\b/g) ?? [];
  for (const name of new Set(names)) vi.stubEnv(name, 'http://127.0.0.1:9');
}

/** Everything that is wrong with it. */
async function problemsOf(shown: ShownConfig): Promise<string[]> {
  const cwd = folderOf(shown);
  const { problems } = await validate(await loadConfig({ ...engine, cwd, file: shown.file, set: shown.set }), engine);
  return problems.map(({ message }) => message.replaceAll(cwd, ''));
}

describe('every config that people read is valid', () => {
  test.each(shownConfigs().map((shown) => [shown.name, shown] as const))('%s', async (_, shown) => {
    expect(await problemsOf(shown)).toEqual([]);
  });
});

describe('every preset, under a task of one line each', () => {
  const task = { policy: 'transformer', tokenizer: 'character', prompts: { train: { use: 'arithmetic' } } };

  test.each(Object.keys(plugins.default.presets!))('%s', async (preset) => {
    const { problems } = await validate({ extends: preset, ...task } as unknown as UserConfig, engine);
    expect(problems.map(({ message }) => message)).toEqual([]);
  });
});

describe('every skeleton of a plugin, with its line of config', () => {
  const skeletons = path.join(root, 'packages/cli/skeletons');
  const names = readdirSync(skeletons).filter((name) => /^my-.*(?<!\.test)\.ts$/.test(name));

  test.each(names)('%s', async (name) => {
    const { default: plugin } = (await import(path.join(skeletons, name))) as { default: { kind: string } };
    const { line } = configPlace(plugin.kind, path.parse(name).name);
    const folder = folderOf({
      template: 'arithmetic',
      files: { 'mine.config.ts': `export default { extends: './dapo.config.ts', ${line} };\n` },
    });
    cpSync(path.join(skeletons, name), path.join(folder, 'plugins', name));
    const loaded = await loadConfig({ ...engine, cwd: folder, file: 'mine.config.ts' });
    const { problems } = await validate(loaded, engine);
    expect(problems.map(({ message }) => message)).toEqual([]);
  });
});

describe('what counts as a config on a page', () => {
  const found = (text: string): ShownConfig[] => configsIn('docs/guide/x.md', text);

  test('a whole one, a part, an argument, an override; each with the plugins that the page shows', async () => {
    const page = [
      '```ts [plugins/mine.ts]',
      "import { definePlugin } from '@dapo/core';",
      "export default definePlugin({ kind: 'schedule', name: 'mine', create: () => ({ factor: () => 1 }) });",
      '```',
      "```ts\nimport { defineConfig } from '@dapo/core';\nexport default defineConfig({ extends: './dapo.config.ts', sed: 1 });\n```",
      "```ts config-part\nschedule: './plugins/mine.ts', sed: 1,\n```",
      '```ts config-part\n{ sed: 1 }\n```',
      "```ts\nawait createRun({ extends: './dapo.config.ts', sed: 1 }, {});\n```",
      '```yaml config-part\nsed: 1\n```',
      '```json config\n{ "extends": "./dapo.config.ts", "sed": 1 }\n```',
      '```sh\nnpx dapo train --set sed=1\n```',
      'and `--set sed=1`.',
      '```ts\nconst nothing = { sed: 1 };\n```',
    ].join('\n');
    const shown = found(page);
    expect(shown.map(({ name }) => name.split(':')[1])).toEqual([
      '5',
      '9',
      '12',
      '15',
      '18',
      '21',
      '25 sed=1',
      '27 sed=1',
    ]);
    for (const config of shown)
      expect(await problemsOf(config), config.name).toEqual([expect.stringContaining('«sed»')]);
  });
});
