import { expect, test } from 'vitest';
import { z } from 'zod';
import { definePlugin } from '../plugin/define-plugin.js';
import type { PluginManifest } from '../plugin/manifest.js';
import { fakeManifest, smallConfig } from '../testing/fake-manifest.js';
import { updatesPerRollout } from './updates-per-rollout.js';
import { resolveUserConfig, type UserConfigResolution } from './resolve-user-config.js';
import { validate } from './validate.js';
import type { ResolvedConfig, ResolvedNode } from './resolved-config.js';

const manifests = [fakeManifest];

function resolve(config: object = {}, ...set: readonly string[]): Promise<UserConfigResolution> {
  return resolveUserConfig({ ...smallConfig, ...config }, { manifests, set, cwd: '/experiment' });
}

async function configOf(config: object = {}, ...set: readonly string[]): Promise<ResolvedConfig> {
  const { config: resolved, problems } = await resolve(config, ...set);
  expect(problems.map(({ message }) => message)).toEqual([]);
  return resolved!;
}

const node = (use: string, options: object = {}, parts: object = {}): ResolvedNode =>
  ({ use, options, parts, weight: 1 }) as ResolvedNode;

test('a few lines and a preset make a whole config', async () => {
  const { rollout, update, loss, rewards, filters, sampler, trackers, correction } = await configOf();
  expect(rollout).toEqual({ prompts: 8, groupSize: 8, maxResponseLength: 32, temperature: 1, topP: 1, topK: 0 });
  expect(update).toEqual({ miniBatch: 16, epochs: 1, microBatch: 'auto', oldLogProbs: 'behaviour', nonFinite: 'stop' });
  expect(sampler).toEqual(node('dynamic'));
  expect(rewards).toEqual({ answer: node('exact-answer'), length: node('soft-overlong') });
  expect(filters).toEqual({ outcomes: node('mixed-outcomes') });
  expect(loss).toEqual(
    node('policy-gradient', { klWeight: 0 }, { clip: node('clip-higher', { low: 0.2, high: 0.3 }) }),
  );
  expect(trackers).toEqual({ console: node('console') });
  expect(correction).toBeUndefined();
});

test('every leaf says where its value came from', async () => {
  const { provenance } = await resolve({ loss: { clip: { low: 0.1 } } }, 'rollout.prompts=4');
  const origins = [
    'rollout.prompts',
    'rollout.groupSize',
    'update.miniBatch',
    'policy.use',
    'policy.width',
    'backend.use',
  ];
  const clip = ['loss.use', 'loss.klWeight', 'loss.clip.use', 'loss.clip.low', 'loss.clip.high'];
  const rewards = ['rewards.answer.use', 'rewards.length.weight', 'prompts.train.columns.input'];
  expect([...origins, ...clip, ...rewards].map((path) => [path, provenance.get(path)])).toEqual([
    ['rollout.prompts', 'the command line'],
    ['rollout.groupSize', 'engine default'],
    ['update.miniBatch', 'engine default'],
    ['policy.use', 'config'],
    ['policy.width', 'default of plugin small'],
    ['backend.use', 'defaults of @fake/plugins'],
    ['loss.use', 'preset grpo'],
    ['loss.klWeight', 'default of plugin policy-gradient'],
    ['loss.clip.use', 'preset dapo'],
    ['loss.clip.low', 'config'],
    ['loss.clip.high', 'preset dapo'],
    ['rewards.answer.use', 'preset grpo'],
    ['rewards.length.weight', 'engine default'],
    ['prompts.train.columns.input', 'default of plugin sums'],
  ]);
});

test('a slot takes its default plugin where nobody names one', async () => {
  const { loss } = await configOf({ loss: { use: 'policy-gradient', clip: { high: 0.5 } }, extends: 'grpo' });
  expect(loss.parts).toEqual({ clip: node('clip', { low: 0.2, high: 0.5 }) });
  const { provenance } = await resolveUserConfig(
    {
      ...smallConfig,
      extends: [],
      sampler: 'standard',
      rewards: { answer: 'exact-answer' },
      advantage: 'group-norm',
      aggregation: 'token',
      loss: 'policy-gradient',
    } as object,
    { manifests },
  );
  expect(provenance.get('loss.clip.use')).toBe('default of plugin policy-gradient');
});

test('a slot that may stay empty does, and can be emptied again', async () => {
  const kl = { signals: { reference: 'reference' }, loss: { kl: 'k3' } };
  expect((await configOf(kl)).loss.parts).toHaveProperty('kl', node('k3'));
  expect((await configOf(kl, 'loss.kl=false')).loss.parts).not.toHaveProperty('kl');
});

test('every technique is swapped by one path', async () => {
  const { loss } = await configOf({}, 'loss.clip={ use: clip, high: 0.4 }');
  expect(loss.parts['clip']).toEqual(node('clip', { low: 0.2, high: 0.4 }));
  expect((await configOf({}, 'rewards.length=false')).rewards).toEqual({ answer: node('exact-answer') });
  expect((await configOf({}, 'sampler=standard')).sampler).toEqual(node('standard'));
});

test('an override of extends changes what the config builds on', async () => {
  const { sampler, loss } = await configOf({}, 'extends=grpo');
  expect(sampler.use).toBe('standard');
  expect(loss.parts['clip']!.use).toBe('clip');
});

test('rewards have a weight, and it is no option', async () => {
  const { rewards } = await configOf({ rewards: { length: { cache: 4, weight: 0.5 } } });
  expect(rewards['length']).toEqual({ use: 'soft-overlong', options: { cache: 4 }, parts: {}, weight: 0.5 });
});

test('a weight may go in a line, of which an override changes one end', async () => {
  const { rewards } = await configOf(
    { rewards: { length: { weight: { from: 0, to: 1, steps: 10 } } } },
    'rewards.length.weight.to=0.5',
  );
  expect(rewards['length']!.weight).toEqual({ from: 0, to: 0.5, steps: 10 });
});

test('a correction is taken out with false', async () => {
  expect((await configOf({ correction: 'truncated' })).correction).toEqual(node('truncated'));
  expect((await configOf({ correction: 'truncated' }, 'correction=false')).correction).toBeUndefined();
});

test('the plugins of all nodes are given with their paths, slots included', async () => {
  const { plugins } = await resolve();
  expect([...plugins.keys()]).toEqual(
    expect.arrayContaining(['backend', 'prompts.train', 'prompts.heldOut', 'rewards.length', 'loss', 'loss.clip']),
  );
  expect(plugins.get('loss.clip')).toMatchObject({ plugin: { name: 'clip-higher' }, origin: '@fake/plugins@1.2.3' });
});

test('the order of parts is the order in which they were first named', async () => {
  const { rewards } = await configOf({ rewards: { before: 'soft-overlong', answer: 'exact-answer' } });
  expect(Object.keys(rewards)).toEqual(['answer', 'length', 'before']);
});

test('the default mini-batch is a quarter of the rollout in whole groups, so that a clip rule can act', async () => {
  const config = await configOf({ rollout: { prompts: 10, groupSize: 3 } });
  expect(config.update.miniBatch).toBe(9);
  expect(updatesPerRollout(config)).toBe(4);
});

test('updates per rollout count the smaller last mini-batch and every epoch', () => {
  expect(updatesPerRollout({ rollout: { prompts: 10, groupSize: 2 }, update: { miniBatch: 8, epochs: 2 } })).toBe(6);
});

test('a manifest in which a name stands twice is told at once, and so is a plugin that throws at its import', async () => {
  const broken: PluginManifest = {
    name: '@broken/plugins',
    version: '0.0.1',
    plugins: {
      sampler: {
        standard: async () => ({
          default: definePlugin({ kind: 'sampler', name: 'standard', create: () => undefined as never }),
        }),
      },
      aggregation: { broken: () => Promise.reject(new Error('no such kernel')) },
    },
  };
  const { problems } = await validate({ ...smallConfig, aggregation: 'broken' } as object, {
    manifests: [fakeManifest, broken],
  });
  expect(problems.map(({ code }) => code)).toEqual(['DAPO_PLUGIN_DUPLICATE', 'DAPO_PLUGIN_LISTED_IMPORT_FAILED']);
});

test('a plugin that stands in itself by default is refused instead of resolved for ever', async () => {
  const endless = definePlugin({
    kind: 'loss',
    name: 'endless',
    options: z.strictObject({}),
    slots: { inner: { kind: 'loss', default: 'endless' } },
    create: () => undefined as never,
  });
  const manifest: PluginManifest = {
    name: 'x',
    version: '1.0.0',
    plugins: { loss: { endless: async () => ({ default: endless }) } },
  };
  const { problems } = await validate({ ...smallConfig, loss: 'endless' } as object, {
    manifests: [fakeManifest, manifest],
  });
  expect(problems.map(({ code }) => code)).toContain('DAPO_PLUGIN_SLOTS_WITHOUT_END');
});

test('a plugin may stand in a slot of a plugin in a slot', async () => {
  const nested = definePlugin({
    kind: 'loss',
    name: 'nested',
    slots: { inner: { kind: 'loss' }, clip: { kind: 'clip-rule' } },
    create: () => undefined as never,
  });
  const manifest: PluginManifest = {
    name: 'x',
    version: '1.0.0',
    plugins: { loss: { nested: async () => ({ default: nested }) } },
  };
  const config = {
    ...smallConfig,
    loss: { use: 'nested', inner: { use: 'nested', inner: { use: 'nested', clip: 'clip' } } },
  };
  const { plugins, problems } = await resolveUserConfig(config as object, { manifests: [fakeManifest, manifest] });
  expect(problems).toEqual([]);
  expect([...plugins.keys()]).toContain('loss.inner.inner.clip');
});

test('an option that a plugin does not know is refused even where its schema would let it pass', async () => {
  const lenient = definePlugin({
    kind: 'sampler',
    name: 'lenient',
    options: z.object({ rounds: z.number().default(3) }),
    create: () => undefined as never,
  });
  const manifest: PluginManifest = {
    name: 'x',
    version: '1.0.0',
    plugins: { sampler: { lenient: async () => ({ default: lenient }) } },
  };
  const config = { ...smallConfig, sampler: { use: 'lenient', round: 4 } };
  const { problems } = await validate(config as object, { manifests: [fakeManifest, manifest] });
  expect(problems).toMatchObject([{ code: 'DAPO_CONFIG_UNKNOWN_OPTION', path: 'sampler.round', nearest: 'rounds' }]);
});

test('validate gives problems instead of throwing, whatever it is handed', async () => {
  for (const config of [
    { extends: 7 },
    { extends: 'nothing' },
    { layers: [], folder: '/' },
    { rewards: null },
    { loss: [] },
  ]) {
    const { problems } = await validate(config as object, { manifests });
    expect(problems.length).toBeGreaterThan(0);
  }
  const unreadable = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('no');
      },
    },
  );
  expect((await validate(unreadable, { manifests })).problems.map(({ code }) => code)).toEqual([
    'DAPO_CONFIG_RESOLUTION_FAILED',
  ]);
});
