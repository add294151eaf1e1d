import { defineConfig } from '@dapo/core';

/** A second of training with the plugin of this package, as it was built: `npm run smoke`. Not part of what is published. */
export default defineConfig({
  extends: 'grpo',
  name: 'smoke',
  plugins: ['dapo-plugin-capped-ratio'], // this package under its own name, as whoever installs it writes it
  loss: { clip: 'capped-ratio' },
  rewards: { form: { use: 'regex-format', pattern: '^[0-9]' } }, // a policy from scratch gets this right now and then
  policy: { use: 'transformer', hiddenSize: 16, layers: 1, heads: 2, contextLength: 64 },
  tokenizer: { use: 'character', characters: '0123456789+-=' },
  prompts: { train: { use: 'arithmetic', maxDigits: 1 } },
  rollout: { prompts: 4, groupSize: 4, maxResponseLength: 6 },
  update: { miniBatch: 4 }, // four updates a rollout: with one, no ratio leaves 1
  optimizer: { learningRate: 0.01 },
  guards: { liveGroups: false }, // and the sum never
  evaluation: { every: 0 },
  budget: { rolloutSteps: 3 },
});
