import { defineConfig } from '@dapo/core';

const problems = { use: 'jsonl', file: './data/problems.jsonl', heldOutShare: 0.25 } as const; // your file here

export default defineConfig({
  extends: 'dapo', // the paper's techniques; 'grpo' is its baseline
  name: 'jsonl-task',
  policy: { use: 'transformer', checkpoint: './base' }, // your model here; this one: dapo sft base.config.ts --out base
  tokenizer: {
    use: 'character',
    characters: "\n $%',-./:?0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
  },
  prompts: { train: { ...problems, split: 'train' }, heldOut: { ...problems, split: 'heldOut' } }, // by hash: fixed
  rollout: { prompts: 16, groupSize: 16, maxResponseLength: 8 }, // a model that reasons needs some hundred tokens
  update: { miniBatch: 64 }, // 4 updates a rollout, so that clipping acts
  rewards: { answer: './plugins/last-number.ts', length: { cache: 2 } }, // your own reward, beside DAPO's shaping
  optimizer: { learningRate: 1e-3, beta2: 0.95 },
  schedule: { warmUp: 5, warmUpUnit: 'rollout-steps' },
  evaluation: { every: 10, k: 4 },
  budget: { rolloutSteps: 30 },
});
