import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createRun, tf, type UserConfig } from '@dapo/core';
import { expect, test } from 'vitest';
import pluginsManifest from '../../packages/plugins/src/index.js';
import tensorflow from '../../packages/plugins/src/backends/tensorflow.js';

const STEPS = 500;
/** By then every buffer has its size, and V8 has compiled what it will compile. */
const WARM = 100;
/** Steps between two looks at the memory: each is taken after a collection, which costs. */
const EVERY = 20;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/**
 * In megabytes, after a collection: what V8 holds, and what the process holds beside V8's heap. The heap's own size says
 * nothing: it depends on when V8 gets to collect, and so on the machine's load.
 */
function memoryInUse(): { heap: number; native: number } {
  collect();
  const { rss, heapTotal, heapUsed } = process.memoryUsage();
  return { heap: heapUsed / 1e6, native: (rss - heapTotal) / 1e6 };
}

type Backend = 'wasm' | 'tensorflow';

/** Configuration A of the benchmark: 64 wide, 2 layers, 32 prompts × 16 responses of up to 16 tokens. */
const config = (backend: Backend): UserConfig => ({
  extends: 'dapo',
  backend,
  policy: { use: 'transformer', hiddenSize: 64, layers: 2, heads: 4, contextLength: 64 },
  tokenizer: { use: 'character', characters: '0123456789+=' },
  prompts: { train: { use: 'arithmetic', maxDigits: 2 }, heldOut: { use: 'arithmetic', maxDigits: 2, split: 'heldOut', count: 4 } },
  rewards: { answer: { use: 'exact-answer', extract: '^(.)' }, length: { cache: 2 } },
  rollout: { prompts: 32, groupSize: 16, maxResponseLength: 16 },
  sampler: 'standard',
  filters: { outcomes: false },
  evaluation: { every: STEPS, k: 1 },
  checkpoints: { every: STEPS },
  trackers: { console: false },
  budget: { rolloutSteps: STEPS },
});

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

const backends: Backend[] = ['wasm'];
if ((await (await tensorflow.create({}, {})).available()).ok) backends.push('tensorflow');

test.each(backends)('%s: neither the tensors nor the memory grow over 500 steps', async (backend) => {
  const run = await createRun(config(backend), { manifests: [pluginsManifest], print: () => undefined });
  const tensors: number[] = [];
  const heap: number[] = [];
  const native: number[] = [];
  run.on('step:finished', () => {
    tensors.push(tf.memory().numTensors);
    if (tensors.length < WARM || tensors.length % EVERY !== 0) return;
    const inUse = memoryInUse();
    heap.push(inUse.heap);
    native.push(inUse.native);
  });
  await run.train();
  await run.dispose();
  expect(tensors).toHaveLength(STEPS);
  // The optimizer's moments come into being with the first update.
  expect(new Set(tensors.slice(1)).size).toBe(1);
  // Between the middles of the two halves lie 200 steps: what keeps 25 kB of objects or 75 kB beside the heap at each is found.
  const half = heap.length >> 1;
  expect(median(heap.slice(-half))).toBeLessThan(median(heap.slice(0, half)) + 5);
  expect(median(native.slice(-half))).toBeLessThan(median(native.slice(0, half)) + 15);
});
