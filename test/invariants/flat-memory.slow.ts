import type { UserConfig } from '@dapo/core';
import { test } from 'vitest';
import tensorflow from '../../packages/plugins/src/backends/tensorflow.js';
import { expectFlatMemory } from '../fixtures/flat-memory.js';

type Backend = 'wasm' | 'tensorflow';

/** Configuration A of the benchmark: 64 wide, 2 layers, 32 prompts × 16 responses of up to 16 tokens. */
const config = (backend: Backend): UserConfig => ({
  extends: 'dapo',
  backend,
  policy: { use: 'transformer', hiddenSize: 64, layers: 2, heads: 4, contextLength: 64 },
  tokenizer: { use: 'character', characters: '0123456789+=' },
  prompts: {
    train: { use: 'arithmetic', maxDigits: 2 },
    heldOut: { use: 'arithmetic', maxDigits: 2, split: 'heldOut', count: 4 },
  },
  rewards: { answer: { use: 'exact-answer', extract: '^(.)' }, length: { cache: 2 } },
  rollout: { prompts: 32, groupSize: 16, maxResponseLength: 16 },
  sampler: 'standard',
  filters: { outcomes: false },
  evaluation: { every: 500, k: 1 },
});

const backends: Backend[] = ['wasm'];
if ((await (await tensorflow.create({}, {})).available()).ok) backends.push('tensorflow');

test.each(backends)('%s: neither the tensors nor the memory grow over 500 steps', async (backend) => {
  await expectFlatMemory(config(backend));
});
