import { test } from 'vitest';
import { expectFlatMemory } from '../fixtures/flat-memory.js';
import { tinyConfig } from './tiny-run.js';

test('neither the tensors nor the memory grow over 500 steps', async () => {
  await expectFlatMemory({
    ...tinyConfig,
    backend: 'webgpu',
    sampler: 'standard',
    filters: { outcomes: false },
    // Half of all responses earn it, so that there is something to learn at nearly every step.
    rewards: {
      answer: { use: 'exact-answer' },
      format: { use: 'regex-format', pattern: '^[0-5]' },
      length: { cache: 1 },
    },
    rollout: { prompts: 2, groupSize: 4, maxResponseLength: 2 },
    update: { miniBatch: 8 },
    optimizer: { learningRate: 1e-5 },
    evaluation: { every: 500, k: 1 },
  });
});
