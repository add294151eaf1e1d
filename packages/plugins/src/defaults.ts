import type { ConfigLayer } from '@dapo/core';

/** The lowest layer of every config: what stands where nobody chooses. Prompts and rewards are the author's to name. */
export const defaults: ConfigLayer = {
  backend: 'wasm',
  tokenizer: 'character',
  policy: 'transformer',
  sampler: 'standard',
  generator: 'policy',
  advantage: 'group-norm',
  loss: 'policy-gradient',
  aggregation: 'token',
  optimizer: 'adamw',
  schedule: 'constant',
  guards: { nan: 'nan', liveGroups: 'no-live-groups' },
  trackers: { console: 'console', jsonl: 'jsonl' },
};
