import { defineConfig } from '@dapo/core';

export default defineConfig({
  extends: 'dapo', // the paper's techniques; 'grpo' is its baseline
  name: 'reward-judge',
  policy: { use: 'transformer', checkpoint: './base' }, // the base model of the template arithmetic
  tokenizer: { use: 'character', characters: '0123456789+-=,;#' },
  prompts: {
    train: { use: 'arithmetic', minDigits: 2, maxDigits: 3 },
    heldOut: { use: 'arithmetic', minDigits: 2, maxDigits: 3, split: 'heldOut', count: 100 },
  },
  rollout: { prompts: 16, groupSize: 8, maxResponseLength: 28 }, // 128 requests a step, at least
  update: { miniBatch: 32 },
  rewards: {
    // address and key come from OPENAI_BASE_URL and OPENAI_API_KEY; correct: 9 or 10 of 10
    answer: {
      use: 'judge',
      model: 'gpt-4o-mini',
      rubricFile: 'rubric.md',
      correctFrom: 0.9,
      concurrency: 16,
    },
    agreement: './plugins/judge-agreement.ts', // your own, asked after answer: how often the judge is right about right and wrong
    length: { cache: 6 },
  },
  optimizer: { learningRate: 1.5e-3, beta2: 0.95 },
  schedule: { use: 'cosine', warmUp: 5, warmUpUnit: 'rollout-steps', minimum: 0.2 },
  evaluation: { every: 10, k: 2 }, // 200 requests each
  budget: { rolloutSteps: 50 },
});
