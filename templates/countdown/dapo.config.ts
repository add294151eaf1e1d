import { defineConfig } from '@dapo/core';

export default defineConfig({
  extends: 'dapo', // the paper's techniques; 'grpo' is its baseline
  name: 'countdown',
  policy: { use: 'transformer', checkpoint: './base' }, // made by: dapo sft base.config.ts --out base
  tokenizer: { use: 'character', characters: '0123456789+-*()=,;:#' },
  prompts: {
    train: { use: 'countdown', numbers: 3, largest: 20, operations: ['+', '-'] }, // '*' as well is much harder
    heldOut: { use: 'countdown', numbers: 3, largest: 20, operations: ['+', '-'], split: 'heldOut', count: 500 },
  },
  rollout: { prompts: 32, groupSize: 16, maxResponseLength: 56 }, // how long it may go on trying
  update: { miniBatch: 128 }, // 4 updates a rollout, so that clipping acts
  rewards: { answer: './plugins/reaches-target.ts', length: { cache: 8 } }, // your own reward, beside DAPO's shaping
  optimizer: { learningRate: 1e-3, beta2: 0.95 },
  schedule: { warmUp: 5, warmUpUnit: 'rollout-steps' },
  evaluation: { every: 20, k: 4 },
  budget: { rolloutSteps: 80 },
});
