import { defineConfig } from '@dapo/core';

export default defineConfig({
  extends: 'dapo', // the studies switch its techniques on and off
  name: 'ablation',
  policy: { use: 'transformer', checkpoint: './base' }, // made by: dapo sft base.config.ts --out base
  tokenizer: { use: 'character', characters: '0123456789+-=,;#' },
  prompts: {
    train: { use: 'arithmetic', minDigits: 2, maxDigits: 3 },
    heldOut: { use: 'arithmetic', minDigits: 2, maxDigits: 3, split: 'heldOut', count: 500 },
  },
  rollout: { prompts: 32, groupSize: 8, maxResponseLength: 22 }, // cuts off a third of what the base model writes
  update: { miniBatch: 32 }, // 8 updates a rollout, so that clipping acts
  rewards: { answer: { use: 'exact-answer', extract: '#(-?[0-9]+)$' }, length: { cache: 6 } },
  optimizer: { learningRate: 7e-4, beta2: 0.95 },
  schedule: { warmUp: 5, warmUpUnit: 'rollout-steps' },
  evaluation: { every: 5, k: 2 },
  budget: { generatedTokens: 100_000 }, // of each run: equal for every variant
});
