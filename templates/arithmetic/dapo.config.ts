import { defineConfig } from '@dapo/core';

export default defineConfig({
  extends: 'dapo', // the paper's techniques; 'grpo' is its baseline
  name: 'arithmetic',
  policy: { use: 'transformer', checkpoint: './base' }, // made by: dapo sft base.config.ts --out base
  tokenizer: { use: 'character', characters: '0123456789+-=,;#' },
  prompts: {
    train: { use: 'arithmetic', minDigits: 2, maxDigits: 3 }, // maxDigits is the difficulty
    heldOut: { use: 'arithmetic', minDigits: 2, maxDigits: 3, split: 'heldOut', count: 500 },
  },
  rollout: { prompts: 32, groupSize: 16, maxResponseLength: 28 },
  update: { miniBatch: 128 }, // 4 updates a rollout, so that clipping acts
  rewards: { answer: './plugins/final-number.ts', length: { cache: 6 } }, // your own reward, beside DAPO's shaping
  optimizer: { learningRate: 1.5e-3, beta2: 0.95 },
  schedule: { use: 'cosine', warmUp: 5, warmUpUnit: 'rollout-steps', minimum: 0.2 }, // a constant rate may end in a collapse
  evaluation: { every: 10, k: 4 },
  budget: { rolloutSteps: 50 },
});
