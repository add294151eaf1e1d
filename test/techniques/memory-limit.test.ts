import { createRun, definePlugin, type ParameterCounts, type PluginManifest, type UserConfig } from '@dapo/core';
import { cpuBackend, tabularPolicy, testingManifest } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import pluginsManifest from '../../packages/plugins/src/index.js';
import { smallWorld } from './tabular-run.js';

const counts: ParameterCounts = { all: 1e9, trained: 0.5e9, copied: 0.6e9, largest: 0.2e9 };

/** A policy that says it is large, on a backend that holds `limit` bytes. */
async function open(limit: number, trains?: boolean, parameters = counts, tensorLimit?: number): Promise<void> {
  const large = definePlugin({ ...tabularPolicy, name: 'large', parameters: () => parameters });
  const small = definePlugin({
    ...cpuBackend,
    name: 'small',
    create: async (...given) => ({ ...(await cpuBackend.create(...given)), memoryLimit: limit, tensorLimit }),
  });
  const manifest: PluginManifest = {
    name: 'test',
    version: '0.0.0',
    plugins: {
      policy: { large: async () => ({ default: large }) },
      backend: { small: async () => ({ default: small }) },
    },
  };
  const config = { extends: 'dapo', ...smallWorld, policy: { ...smallWorld.policy, use: 'large' }, backend: 'small' };
  const manifests = [testingManifest, pluginsManifest, manifest];
  await (
    await createRun(config as unknown as UserConfig, {
      manifests,
      print: () => undefined,
      ...(trains !== undefined && { trains }),
    })
  ).dispose();
}

test('training needs weights, two moments, and the larger of gradients and copies: 4 · (1 + 2 · 0.5 + 0.6) GB', async () => {
  await expect(open(10.4e9)).resolves.toBeUndefined();
  await expect(open(10.39e9)).rejects.toMatchObject({ code: 'DAPO_RUN_MODEL_TOO_LARGE', path: 'policy' });
});

test('sampling needs weights and copies alone: 4 · (1 + 0.6) GB', async () => {
  await expect(open(6.4e9, false)).resolves.toBeUndefined();
  await expect(open(6.39e9, false)).rejects.toMatchObject({ code: 'DAPO_RUN_MODEL_TOO_LARGE' });
});

test('a tensor that is larger than one may be is refused, whatever room there is', async () => {
  await expect(open(1e12, true, counts, 0.8e9)).resolves.toBeUndefined();
  const refused = { code: 'DAPO_RUN_TENSOR_TOO_LARGE', path: 'policy', received: '0.8 GB' };
  await expect(open(1e12, true, counts, 0.79e9)).rejects.toMatchObject(refused);
});

test('a policy of which everything is frozen is refused where it is to be trained', async () => {
  const frozen = { ...counts, trained: 0 };
  await expect(open(1e12, true, frozen)).rejects.toMatchObject({ code: 'DAPO_RUN_NOTHING_TRAINED', path: 'policy' });
  await expect(open(1e12, false, frozen)).resolves.toBeUndefined();
});
