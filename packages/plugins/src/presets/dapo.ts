import type { ConfigLayer } from '@dapo/core';

/** DAPO (arXiv 2503.14476), techniques only. It differs from `grpo` in the rows of rewards, filters, sampler, clip and aggregation. */
const dapo: ConfigLayer = {
  rewards: { answer: 'exact-answer', length: 'soft-overlong' },
  filters: { outcomes: 'mixed-outcomes' },
  sampler: 'dynamic',
  advantage: 'group-norm',
  loss: { use: 'policy-gradient', clip: 'clip-higher' },
  aggregation: 'token',
};

export default dapo;
