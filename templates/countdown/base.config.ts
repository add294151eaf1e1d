import { defineConfig } from '@dapo/core';

/** The base model: a small transformer that has read an impatient player's workings, slips included. Used by `dapo sft`. */
export default defineConfig({
  extends: './dapo.config.ts',
  name: 'countdown-base',
  policy: {
    checkpoint: null, // from scratch: 106,112 parameters
    ...{
      hiddenSize: 64,
      layers: 2,
      heads: 4,
      keyValueHeads: 2,
      intermediateSize: 208,
      contextLength: 96,
      ropeTheta: 100,
    },
  },
  prompts: { train: { working: {} } },
  optimizer: { learningRate: 4e-3 },
  schedule: { use: 'cosine', warmUp: 100, steps: 2000, minimum: 0.1 },
});
