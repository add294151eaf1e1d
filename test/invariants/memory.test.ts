import { createRun, tf, type UserConfig } from '@dapo/core';
import { expect, test } from 'vitest';
import pluginsManifest from '../../packages/plugins/src/index.js';

const config: UserConfig = {
  extends: 'dapo',
  policy: { use: 'transformer', hiddenSize: 16, layers: 1, heads: 2, contextLength: 16 },
  tokenizer: { use: 'character', characters: '0123456789+=' },
  prompts: {
    train: { use: 'arithmetic', maxDigits: 1 },
    heldOut: { use: 'arithmetic', maxDigits: 1, split: 'heldOut', count: 4 },
  },
  rewards: { answer: { use: 'exact-answer', extract: '^(.)' }, length: { cache: 1 } },
  rollout: { prompts: 2, groupSize: 4, maxResponseLength: 4 },
  sampler: { use: 'dynamic', maxRounds: 2, onExhaustion: 'keep-zero' },
  update: { miniBatch: 4 },
  evaluation: { every: 10, k: 2 },
  trackers: { console: false },
  budget: { rolloutSteps: 50 },
};

test(
  'no tensor is left behind over 50 steps of the transformer on wasm, evaluations included',
  { timeout: 240_000 },
  async () => {
    const run = await createRun(config, { manifests: [pluginsManifest], print: () => undefined });
    const counts: number[] = [];
    run.on('step:finished', () => counts.push(tf.memory().numTensors));
    await run.train();
    expect(counts).toHaveLength(50);
    // The optimizer's moments come into being with the first update.
    expect(new Set(counts.slice(1)).size).toBe(1);
    await run.dispose();
  },
);

test('a disposed run leaves no tensor at all', async () => {
  const before = tf.memory().numTensors;
  const run = await createRun(config, {
    manifests: [pluginsManifest],
    print: () => undefined,
    set: ['budget.rolloutSteps=1'],
  });
  await run.train();
  await run.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
