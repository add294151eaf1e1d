import { defineConfig } from '@dapo/core';

export default defineConfig({
  extends: 'dapo', // the paper's techniques; 'grpo' is its baseline
  name: 'reward-http',
  policy: { use: 'transformer', checkpoint: './base' }, // the base model of the template arithmetic
  tokenizer: { use: 'character', characters: '0123456789+-=,;#' },
  prompts: {
    train: { use: 'arithmetic', minDigits: 2, maxDigits: 3 },
    heldOut: { use: 'arithmetic', minDigits: 2, maxDigits: 3, split: 'heldOut', count: 500 },
  },
  rollout: { prompts: 32, groupSize: 16, maxResponseLength: 28 }, // 512 samples a step go to the service
  update: { miniBatch: 128 },
  rewards: {
    // npm start sets the address to that of the service it starts; set it yourself to ask another
    answer: { use: 'http', url: '$SCORER_URL', batch: 64, concurrency: 4, timeout: 30 },
    length: { cache: 6 },
  },
  guards: { service: './plugins/service-in-trouble.ts' }, // your own guard, before retries are used up
  optimizer: { learningRate: 1.5e-3, beta2: 0.95 },
  schedule: { use: 'cosine', warmUp: 5, warmUpUnit: 'rollout-steps', minimum: 0.2 },
  evaluation: { every: 10, k: 4 },
  budget: { rolloutSteps: 50 },
});
