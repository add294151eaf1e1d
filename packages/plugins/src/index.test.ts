import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { isPlugin, kinds, type ConfigLayer, type Kind, type LazyPlugin } from '@dapo/core';
import manifest from './index.js';

const source = import.meta.dirname;

/** Folder → kind of the plugins in it. */
const folders: Readonly<Record<string, Kind>> = {
  advantages: 'advantage',
  aggregations: 'aggregation',
  backends: 'backend',
  corrections: 'correction',
  filters: 'filter',
  generators: 'generator',
  guards: 'guard',
  losses: 'loss',
  'losses/clip-rules': 'clip-rule',
  'losses/kl-terms': 'kl-term',
  'losses/ratio-levels': 'ratio-level',
  optimizers: 'optimizer',
  policies: 'policy',
  prompts: 'prompts',
  rewards: 'reward',
  samplers: 'sampler',
  schedules: 'schedule',
  signals: 'signal',
  tokenizers: 'tokenizer',
  trackers: 'tracker',
};

const namesIn = (folder: string): string[] => {
  const whole = path.join(source, folder);
  const files = fs.existsSync(whole) ? fs.readdirSync(whole) : [];
  return files
    .filter((file) => /^[^.]+\.ts$/.test(file))
    .map((file) => path.basename(file, '.ts'))
    .sort();
};
const listed = (kind: Kind): Readonly<Record<string, LazyPlugin>> => manifest.plugins[kind] ?? {};
const everyPlugin = (Object.keys(manifest.plugins) as Kind[]).flatMap((kind) =>
  Object.entries(listed(kind)).map(([name, load]) => ({ kind, name, load })),
);

/** `kind name path` of every line of the index that names one; the kind is the heading above it. */
function entriesOfIndex(): string[] {
  let kind = '';
  return fs
    .readFileSync(path.join(source, 'index.ts'), 'utf8')
    .split('\n')
    .flatMap((line) => {
      kind = /^ {2}'?([\w-]+)'?: \{$/.exec(line)?.[1] ?? kind;
      const entry = /^ {4}'?([\w-]+)'?: .*import\('(\.\/(?!presets)[^']+)'\)/.exec(line);
      return entry ? [`${kind} ${entry[1]} ${entry[2]}`] : [];
    });
}

test.each(Object.entries(folders))('the files in %s are the plugins that the index lists', (folder, kind) => {
  expect(Object.keys(listed(kind)).sort()).toEqual(namesIn(folder));
});

test('every folder is known, and every kind has one', () => {
  const found = fs.readdirSync(source, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const known = [...Object.keys(folders), 'presets', 'safetensors'];
  expect(found.map(({ name }) => name).filter((name) => !known.includes(name))).toEqual([]);
  expect(Object.values(folders).sort()).toEqual(Object.keys(kinds).sort());
});

test('the index is sorted', () => {
  const folderOf = Object.fromEntries(Object.entries(folders).map(([folder, kind]) => [kind, folder]));
  const expected = everyPlugin.map(({ kind, name }) => `${kind} ${name} ./${folderOf[kind]}/${name}.js`);
  expect(entriesOfIndex()).toEqual(expected);
  expect(entriesOfIndex()).toEqual([...expected].sort());
});

describe.each(everyPlugin)('$kind $name', ({ kind, name, load }) => {
  test('is a plugin of that kind and name, with what lists and docs print', async () => {
    const plugin = (await load()).default;
    if (!isPlugin(plugin)) throw new Error('its default export is no plugin');
    expect(plugin).toMatchObject({ kind, name });
    expect(name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
    expect(plugin.summary).toMatch(/\.$/);
    for (const declaration of Object.values(plugin.metrics ?? {})) expect(declaration.meaning).not.toBe('');
  });

  test('says where its technique comes from and how it differs', async () => {
    const plugin = (await load()).default;
    if (!isPlugin(plugin) || kind === 'backend') return;
    expect(plugin.source).toBeDefined();
    expect(plugin.departures).toBeDefined();
  });
});

test('presets are the files of their folder', () => {
  expect(Object.keys(manifest.presets ?? {})).toEqual(namesIn('presets'));
});

/** Places of a config whose nodes are a map of the author's keys. */
const maps: Readonly<Record<string, Kind>> = {
  rewards: 'reward',
  filters: 'filter',
  signals: 'signal',
  guards: 'guard',
  trackers: 'tracker',
};

function namedIn(layer: ConfigLayer): string[] {
  const useOf = (node: unknown): string[] => {
    const use = typeof node === 'object' && node !== null ? (node as { readonly use?: string }).use : node;
    return typeof use === 'string' ? [use] : [];
  };
  const places = Object.entries(layer).filter(([key]) => key !== 'extends');
  return places.flatMap(([place, node]) => {
    const nodes: unknown[] = place in maps ? Object.values(node as object) : [node];
    return nodes.flatMap(useOf).map((use) => `${maps[place] ?? place} ${use}`);
  });
}

test('defaults and presets name plugins that exist', async () => {
  const presets = await Promise.all(Object.values(manifest.presets ?? {}).map(async (load) => (await load()).default));
  const known = everyPlugin.map(({ kind, name }) => `${kind} ${name}`);
  for (const layer of [manifest.defaults!, ...presets]) expect(known).toEqual(expect.arrayContaining(namedIn(layer)));
});

test('the presets name the same places, so that one laid over the other leaves nothing behind', async () => {
  const { dapo, grpo } = manifest.presets!;
  const places = (layer: ConfigLayer): string[] =>
    Object.entries(layer).flatMap(([place, node]) =>
      place in maps ? Object.keys(node as object).map((key) => `${place}.${key}`) : [place],
    );
  expect(places((await dapo!()).default)).toEqual(places((await grpo!()).default));
});

test('the version is that of the package', () => {
  const { name, version } = JSON.parse(fs.readFileSync(path.join(source, '../package.json'), 'utf8')) as Record<
    string,
    string
  >;
  expect({ name: manifest.name, version: manifest.version }).toEqual({ name, version });
});
