import type { ConfigLayer } from '@dapo/core';

/** GRPO as DAPO's paper takes it for its baseline: rule reward, no KL term. Techniques only. */
const grpo: ConfigLayer = {
  rewards: { answer: 'exact-answer', length: false },
  filters: { outcomes: false },
  sampler: 'standard',
  advantage: 'group-norm',
  loss: { use: 'policy-gradient', clip: 'clip' },
  aggregation: 'sequence',
};

export default grpo;
