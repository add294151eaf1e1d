import { createRun, tf, type UserConfig } from '@dapo/core';
import pluginsManifest from '../../packages/plugins/src/index.js';

/** Small enough for a GPU in software: one layer, eight responses of four tokens. */
export const tinyConfig: UserConfig = {
  extends: 'dapo',
  policy: { use: 'transformer', hiddenSize: 16, layers: 1, heads: 2, contextLength: 16 },
  tokenizer: { use: 'character', characters: '0123456789+=' },
  prompts: {
    train: { use: 'arithmetic', maxDigits: 1 },
    heldOut: { use: 'arithmetic', maxDigits: 1, split: 'heldOut', count: 2 },
  },
  rewards: { answer: { use: 'exact-answer', extract: '^(.)' }, length: { cache: 1 } },
  rollout: { prompts: 2, groupSize: 4, maxResponseLength: 4 },
  sampler: { use: 'dynamic', maxRounds: 2, onExhaustion: 'keep-zero' },
  loss: { entropyBonus: 0.01 },
  update: { miniBatch: 4 },
  optimizer: { learningRate: 0.01 },
  evaluation: { every: 100, k: 1 },
  trackers: { console: false },
};

export interface TinyRun {
  /** Metrics of each step but those of time and memory. */
  readonly metrics: readonly Readonly<Record<string, number>>[];
  /** Tensors in being at the end of each step. */
  readonly tensors: readonly number[];
}

/** Trains a tiny transformer on a backend for some steps. */
export async function trainTiny(backend: string, steps: number): Promise<TinyRun> {
  const run = await createRun(tinyConfig, {
    manifests: [pluginsManifest],
    print: () => undefined,
    set: [`backend=${backend}`, `budget.rolloutSteps=${steps}`],
  });
  const metrics: Record<string, number>[] = [];
  const tensors: number[] = [];
  run.on('step:finished', ({ metrics: all }) => {
    const kept = Object.entries(all).filter(([name]) => !/^(time|memory|system)\/|per-second|seconds/.test(name));
    metrics.push(Object.fromEntries(kept));
    tensors.push(tf.memory().numTensors);
  });
  await run.train();
  await run.dispose();
  return { metrics, tensors };
}
