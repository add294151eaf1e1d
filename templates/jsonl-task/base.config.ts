import { defineConfig } from '@dapo/core';

/** The base model: a tiny transformer that has read the answers of the training problems. Used by `dapo sft`. */
export default defineConfig({
  extends: './dapo.config.ts',
  name: 'jsonl-task-base',
  policy: {
    checkpoint: null, // from scratch
    ...{
      hiddenSize: 32,
      layers: 2,
      heads: 4,
      keyValueHeads: 2,
      intermediateSize: 96,
      contextLength: 192,
      ropeTheta: 1000,
    },
  },
  optimizer: { learningRate: 4e-3 },
  schedule: { use: 'cosine', warmUp: 20, steps: 200, minimum: 0.1 },
});
