import { defineConfig } from '@dapo/core';

/** The base model: a small transformer that has read hurried workings, slips included. Used by `dapo sft`. */
export default defineConfig({
  extends: './dapo.config.ts',
  name: 'arithmetic-base',
  policy: {
    checkpoint: null, // from scratch: 105,856 parameters
    ...{
      hiddenSize: 64,
      layers: 2,
      heads: 4,
      keyValueHeads: 2,
      intermediateSize: 208,
      contextLength: 64,
      ropeTheta: 100,
    },
  },
  prompts: { train: { working: {} } },
  optimizer: { learningRate: 4e-3 },
  schedule: { use: 'cosine', warmUp: 100, warmUpUnit: 'optimizer-steps', steps: 4000, minimum: 0.1 },
});
