import { createRun, tf, type Host, type ModuleLoader, type UserConfig } from '@dapo/core';
import manifest from '@dapo/plugins';
import template from '../../../templates/arithmetic/dapo.config.js';
import * as finalNumber from '../../../templates/arithmetic/plugins/final-number.js';

/** What a page has in the place of a folder: the template's own plugin, bundled with it. */
const loader: ModuleLoader = {
  load: (specifier) =>
    specifier === './plugins/final-number.ts'
      ? Promise.resolve({ exports: finalNumber, file: specifier, hash: 'bundled' })
      : Promise.reject(new Error(`${specifier} is not in the bundle`)),
  readConfig: (file) => Promise.reject(new Error(`${file}: a page reads no config file`)),
};

const noFiles = (): never => {
  throw new Error('a page has no files');
};

/** A run without a folder asks its host for little. What of the host is optional is left out. */
const host: Host = {
  join: (...parts) => parts.join('/'),
  relative: (_from, to) => to,
  resolve: (_folder, file) => file,
  readText: () => Promise.resolve(undefined),
  size: () => Promise.resolve(0),
  list: () => Promise.resolve([]),
  machine: () => ({ platform: 'a page' }),
  readBytes: noFiles,
  write: noFiles,
  append: noFiles,
  truncate: noFiles,
  makeFolder: noFiles,
  replaceFolder: noFiles,
  remove: noFiles,
};

/**
 * Trains the arithmetic template in this page. Only sizes differ from it, and the policy begins fresh: a page has no
 * `./base` to begin from.
 */
async function trainInPage(steps: number, backend: string) {
  const config = {
    ...template,
    backend,
    policy: { use: 'transformer', hiddenSize: 16, layers: 1, heads: 2, contextLength: 64 },
    prompts: {
      ...template.prompts,
      heldOut: { use: 'arithmetic', minDigits: 2, maxDigits: 3, split: 'heldOut', count: 2 },
    },
    rollout: { prompts: 2, groupSize: 4, maxResponseLength: 6 },
    sampler: { use: 'dynamic', maxRounds: 1, onExhaustion: 'keep-zero' },
    rewards: { ...template.rewards, length: { cache: 2 } },
    loss: { entropyBonus: 0.01 },
    update: { miniBatch: 4 },
    evaluation: { every: 100, k: 1 },
    trackers: { console: false },
    budget: { rolloutSteps: steps },
  } as UserConfig;
  const run = await createRun(config, { manifests: [manifest], loader, host, print: () => undefined });
  const metrics: unknown[] = [];
  run.on('step:finished', (step) => metrics.push(step.metrics));
  await run.train();
  await run.dispose();
  return { backend: tf.getBackend(), metrics };
}

Object.assign(globalThis, { trainInPage });
