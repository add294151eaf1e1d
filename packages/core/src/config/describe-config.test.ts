import { expect, test } from 'vitest';
import { fakeManifest, smallConfig } from '../testing/fake-manifest.js';
import { describeConfig } from './describe-config.js';
import { asLoadedConfig, resolveUserConfig } from './resolve-user-config.js';

const manifests = [fakeManifest];

const configs: readonly [string, object][] = [
  ['a small one', {}],
  ['one whose defaults were taken out', { trackers: { console: false }, rewards: { length: false } }],
  ['one whose weight moves', { rewards: { length: { weight: { from: 1, to: 2, steps: 5 } } } }],
  [
    'one with weights, slots and lists',
    {
      rewards: { length: { weight: 0.25, cache: 3 } },
      signals: { reference: 'reference' },
      loss: { kl: 'k3', klWeight: 0.1 },
      filters: { band: { use: 'band', range: [0.1, 0.9] } },
      correction: 'truncated',
    },
  ],
];

test.each(configs)('what is written down of %s gives the same config again', async (_, config) => {
  const first = await resolveUserConfig({ ...smallConfig, ...config }, { manifests });
  const written = JSON.parse(JSON.stringify(describeConfig(first.config!))) as object;
  const again = await resolveUserConfig(asLoadedConfig(written, 'manifest.json', '/experiment'), { manifests });
  expect(again.problems).toEqual([]);
  expect(again.config).toEqual(first.config);
  expect(new Set(again.provenance.values())).toEqual(new Set(['manifest.json', 'engine default']));
});

test('a config is written as a person would write it', async () => {
  const { config } = await resolveUserConfig({ ...smallConfig, rewards: { length: { weight: 0.5 } } } as object, {
    manifests,
  });
  expect(describeConfig(config!)).toMatchObject({
    seed: 1,
    prompts: { train: { use: 'sums' } },
    rewards: { answer: { use: 'exact-answer' }, length: { use: 'soft-overlong', weight: 0.5 } },
    loss: { use: 'policy-gradient', klWeight: 0, clip: { use: 'clip-higher', low: 0.2, high: 0.3 } },
  });
});
