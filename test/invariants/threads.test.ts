import { createRun, type UserConfig } from '@dapo/core';
import { expect, test } from 'vitest';
import pluginsManifest from '../../packages/plugins/src/index.js';

/** Large enough for products, attention and log-probs to be shared among threads. */
const config: UserConfig = {
  extends: 'dapo',
  policy: { use: 'transformer', hiddenSize: 64, layers: 2, heads: 4, contextLength: 64 },
  tokenizer: { use: 'character', characters: '0123456789+=' },
  prompts: {
    train: { use: 'arithmetic', maxDigits: 2 },
    heldOut: { use: 'arithmetic', maxDigits: 2, split: 'heldOut', count: 8 },
  },
  rewards: { answer: { use: 'exact-answer', extract: '^(.)' }, length: { cache: 4 } },
  rollout: { prompts: 8, groupSize: 8, maxResponseLength: 24 },
  sampler: { use: 'dynamic', maxRounds: 2, onExhaustion: 'keep-zero' },
  update: { miniBatch: 32 },
  evaluation: { every: 3, k: 2 },
  trackers: { console: false },
  budget: { rolloutSteps: 3 },
};

/** All metrics of a run that are not of time or memory, step by step. */
async function metricsWith(threads: number): Promise<string[]> {
  const run = await createRun(config, {
    manifests: [pluginsManifest],
    print: () => undefined,
    set: [`backend.threads=${threads}`],
  });
  const steps: string[] = [];
  run.on('step:finished', ({ metrics }) => {
    const kept = Object.entries(metrics).filter(([name]) => !/^(time|memory|system)\/|per-second|seconds/.test(name));
    steps.push(JSON.stringify(Object.fromEntries(kept)));
  });
  await run.train();
  await run.dispose();
  return steps;
}

test(
  'a training gives the same numbers, bit for bit, on one, two and three threads',
  { timeout: 180_000 },
  async () => {
    const one = await metricsWith(1);
    expect(one).toHaveLength(3);
    expect(one[2]).toContain('reward/mean');
    expect(await metricsWith(2)).toEqual(one);
    expect(await metricsWith(3)).toEqual(one);
  },
);
