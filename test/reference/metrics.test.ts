import { createRun, engineMetrics, isNamedBy, type Metrics, type PluginManifest, type UserConfig } from '@dapo/core';
import { testingManifest } from '@dapo/core/testing';
import plugins from '@dapo/plugins';
import { expect, test } from 'vitest';
import { readCatalogue } from '../../packages/cli/src/catalogue.js';
import { smallWorld } from '../techniques/tabular-run.js';

const { metrics, plugins: catalogued } = readCatalogue();
const glossary = [...metrics, ...catalogued.flatMap((plugin) => plugin.metrics)];
const manifests: readonly PluginManifest[] = [plugins, testingManifest];

/** All names that the runs of this file have recorded. */
const seen = new Set<string>();

/** Every name that a small run records. */
async function recorded(set: readonly string[], config: object = {}): Promise<string[]> {
  const world = {
    ...smallWorld,
    prompts: { train: { use: 'letters' }, heldOut: { use: 'letters' } },
    evaluation: { every: 1, k: 2 },
    budget: { rolloutSteps: 2 },
    ...config,
  };
  const run = await createRun({ extends: 'dapo', ...world } as unknown as UserConfig, {
    manifests,
    set,
    print: () => undefined,
  });
  const names = new Set<string>();
  const note = (event: { readonly metrics: Readonly<Metrics> }): void =>
    Object.keys(event.metrics).forEach((name) => names.add(name));
  run.on('step:finished', note).on('evaluation:finished', note).on('update:finished', note);
  try {
    await run.train();
  } finally {
    await run.dispose();
  }
  for (const name of names) seen.add(name);
  return [...names];
}

const transformer = {
  tokenizer: 'character',
  policy: { use: 'transformer', hiddenSize: 16, layers: 1, heads: 2, contextLength: 32 },
  prompts: {
    train: { use: 'arithmetic', maxDigits: 1 },
    heldOut: { use: 'arithmetic', maxDigits: 1, split: 'heldOut' },
  },
};

test.each<[string, readonly string[], object]>([
  ['dapo', [], {}],
  ['standard sampling without filters', ['sampler=standard', 'filters.outcomes=false'], {}],
  [
    'overlong filtering and top-k responses',
    ['filters.overlong=overlong', 'filters.best={ use: top-k-responses, keep: 4 }'],
    {},
  ],
  [
    'a correction, old log-probs computed anew',
    ['correction=truncated-importance', 'update.oldLogProbs=recomputed'],
    {},
  ],
  ['the other correction', ['correction=masked-importance'], {}],
  ['dual clip', ['loss.clip=dual-clip'], {}],
  ['clip-cov', ['loss={ use: clip-cov }'], {}],
  ['a KL term over a reference', ['loss.kl=k3', 'signals.reference=reference'], {}],
  ['a token filter', ['filters.forks=high-entropy'], {}],
  ['a weight that moves', ['rewards.length.weight={ from: 0, to: 1, steps: 2 }'], {}],
  ['the curriculum', ['sampler=curriculum'], {}],
  ['replay', ['sampler=replay'], {}],
  [
    'every guard',
    [
      'guards.entropy=entropy',
      'guards.norm=gradient-norm',
      'guards.kl=kl-spike',
      'guards.length=length-runaway',
      'guards.hacking=reward-hacking',
      'guards.ratio=ratio-spike',
    ],
    {},
  ],
  ['a transformer', ['sampler=standard', 'filters.outcomes=false'], transformer],
])('all that a run with %s records is in the glossary', async (_, set, config) => {
  const names = await recorded(set, config);
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => !glossary.some((entry) => isNamedBy(name, entry.name)))).toEqual([]);
});

test('all that the engine declares is recorded by some run', () => {
  // It stands for the metrics of plugins, which stand in the glossary under their own names.
  const declared = Object.keys(engineMetrics).filter((name) => name !== 'evaluation/NAME');
  expect(declared.filter((name) => ![...seen].some((recordedName) => isNamedBy(recordedName, name)))).toEqual([]);
});

test('all that a plugin declares is in the glossary, with what to make of it', async () => {
  const declared = await Promise.all(
    Object.values(plugins.plugins).flatMap((byName) =>
      Object.values(byName).map(async (load) => (await load()).default as { metrics?: object }),
    ),
  );
  const names = new Set(declared.flatMap(({ metrics: own = {} }) => Object.keys(own)));
  expect([...names].filter((name) => !glossary.some((entry) => entry.name.endsWith(`/${name}`)))).toEqual([]);
  const bare = glossary.filter(({ healthy, worrying, advice }) => !healthy || !worrying || !advice);
  expect(bare.map(({ name }) => name)).toEqual([]);
});
