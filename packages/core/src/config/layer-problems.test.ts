import { expect, test } from 'vitest';
import type { Location } from '../errors/dapo-error.js';
import type { PluginManifest } from '../plugin/manifest.js';
import { problemsOf, resolveSmall } from '../testing/config-problems.js';
import { fakeManifest } from '../testing/fake-manifest.js';
import { resolveUserConfig } from './resolve-user-config.js';

test('a preset that nobody knows', async () => {
  expect(await problemsOf({ extends: 'dpao' })).toMatchInlineSnapshot(`
    "There is no preset «dpao».
      where:    at extends
      expected: dapo or grpo, a path that begins with ./, or an npm package
      nearest:  dapo"
  `);
});

test('extends that is no name', async () => {
  expect(await problemsOf({ extends: ['dapo', 7] })).toMatchInlineSnapshot(`
    "extends has a value that does not fit.
      where:    at extends
      expected: a preset, a path or a package, or a list of them
      received: ["dapo",7]"
  `);
});

test('presets that extend each other', async () => {
  const circular: PluginManifest = {
    name: 'x',
    version: '1.0.0',
    plugins: {},
    presets: {
      hen: async () => ({ default: { extends: 'egg' } }),
      egg: async () => ({ default: { extends: ['dapo', 'hen'] } }),
    },
  };
  const { problems: told } = await resolveSmall({ extends: 'hen' }, [], [circular]);
  expect(told.map(({ message }) => message).join('\n\n')).toMatchInlineSnapshot(`
    "The config extends itself: config → preset hen → preset egg → preset hen.
      where:    at extends, in preset hen
      do:       take out one of these"
  `);
});

test('everything that is wrong is told at once, in the order of the data', async () => {
  const { problems: told } = await resolveSmall(
    {
      sede: 1,
      rollout: { prompts: 0 },
      loss: { clip: 'clop' },
      policy: { use: 'small', wdith: 3 },
      filters: { outcomes: 'k3' },
    },
    ['rewards.x=false'],
  );
  expect(told.map(({ path }) => path)).toEqual([
    'sede',
    'rollout.prompts',
    'policy.wdith',
    'rewards.x',
    'filters.outcomes',
    'loss.clip',
  ]);
});

test('a problem is told where its layer says it', async () => {
  const locate = (path: readonly string[]): Location => ({ file: 'dapo.config.yaml', line: path.length, column: 1 });
  const layer = { loss: { use: 'policy-gradient', clip: { use: 'clip', lo: 1 } } };
  const { problems: told } = await resolveUserConfig(
    { layers: [{ layer, origin: 'dapo.config.yaml', locate }], folder: '/experiment' },
    { manifests: [fakeManifest] },
  );
  expect(told.find(({ code }) => code === 'DAPO_CONFIG_UNKNOWN_OPTION')!.location).toEqual({
    file: 'dapo.config.yaml',
    line: 3,
    column: 1,
  });
});
