import { expect, test } from 'vitest';
import { definePlugin, type Plugin } from './define-plugin.js';
import type { PluginManifest } from './manifest.js';
import { PluginRegistry } from './registry.js';

const sampler = (name: string): Plugin =>
  definePlugin({ kind: 'sampler', name, create: () => undefined as never }) as unknown as Plugin;

function manifestOf(
  samplers: Readonly<Record<string, () => Promise<{ default: unknown }>>>,
  name = '@fake/plugins',
): PluginManifest {
  return { name, version: '1.0.0', plugins: { sampler: samplers } };
}

const two = manifestOf({
  standard: async () => ({ default: sampler('standard') }),
  dynamic: async () => ({ default: sampler('dynamic') }),
});

test('names are sorted, and known by their kinds', () => {
  const registry = new PluginRegistry([two]);
  expect(registry.names('sampler')).toEqual(['dynamic', 'standard']);
  expect(registry.names('reward')).toEqual([]);
  expect(registry.kindsOf('dynamic')).toEqual(['sampler']);
});

test('a plugin is imported when it is first asked for, and once', async () => {
  let imports = 0;
  const registry = new PluginRegistry([
    manifestOf({
      standard: async () => {
        imports += 1;
        return { default: sampler('standard') };
      },
    }),
  ]);
  expect(imports).toBe(0);
  const [first, second] = await Promise.all([
    registry.find('sampler', 'standard'),
    registry.find('sampler', 'standard'),
  ]);
  expect(first).toMatchObject({ plugin: { name: 'standard' }, origin: '@fake/plugins@1.0.0' });
  expect(second).toBe(first);
  expect(imports).toBe(1);
});

test('what is registered in a copy is unknown to the original', () => {
  const registry = new PluginRegistry([two]);
  const copy = registry.copy();
  expect(copy.register({ plugin: sampler('mine'), origin: './mine.ts' })).toBeUndefined();
  expect(copy.names('sampler')).toContain('mine');
  expect(registry.names('sampler')).not.toContain('mine');
});

test('two manifests with the same name are told, and the first one holds', async () => {
  const other = manifestOf({ dynamic: async () => ({ default: sampler('dynamic') }) }, '@other/plugins');
  const registry = new PluginRegistry([two, other]);
  expect(registry.problems.map(({ message }) => message)).toEqual([
    [
      'There are two plugins of the kind sampler with the name «dynamic».',
      '  expected: a name of its own for each',
      '  received: @fake/plugins@1.0.0 and @other/plugins@1.0.0',
      '  do:       rename one of them',
    ].join('\n'),
  ]);
  expect((await registry.find('sampler', 'dynamic'))!.origin).toBe('@fake/plugins@1.0.0');
});

test.each<[string, () => Promise<{ default: unknown }>, readonly string[]]>([
  [
    'another plugin',
    async () => ({ default: sampler('other') }),
    [
      '@fake/plugins@1.0.0 lists a plugin under a kind and name that are not its own.',
      '  expected: sampler standard',
      '  received: sampler other',
      '  do:       mend the index of the package',
    ],
  ],
  [
    'no plugin',
    async () => ({ default: {} }),
    [
      '@fake/plugins@1.0.0 lists a plugin under a kind and name that are not its own.',
      '  expected: sampler standard',
      '  received: something that is no plugin',
      '  do:       mend the index of the package',
    ],
  ],
  [
    'nothing that can be imported',
    () => Promise.reject(new Error('no such kernel')),
    [
      'sampler standard of @fake/plugins@1.0.0 could not be imported: no such kernel',
      '  do:       install the package anew; look at its stack: dapo prints it with --verbose',
    ],
  ],
])('a manifest that lists %s is refused when it is asked for', async (_, load, lines) => {
  const registry = new PluginRegistry([manifestOf({ standard: load, dynamic: two.plugins.sampler!['dynamic']! })]);
  await expect(registry.find('sampler', 'standard')).rejects.toThrow(lines.join('\n'));
  expect((await registry.all('sampler')).map(({ plugin }) => plugin.name)).toEqual(['dynamic']);
});
