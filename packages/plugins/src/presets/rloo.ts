import type { ConfigLayer } from '@dapo/core';

/**
 * RLOO (arXiv 2402.14740): REINFORCE on whole responses, the mean of the other responses as its baseline, a KL penalty in
 * the reward. It is on-policy: one update a rollout (update.miniBatch: all its responses).
 */
const rloo: ConfigLayer = {
  extends: 'grpo',
  signals: { reference: 'reference' },
  rewards: { kl: 'kl-penalty' },
  advantage: 'leave-one-out',
  loss: { use: 'policy-gradient', clip: 'reinforce' },
  aggregation: { use: 'constant', length: 1 },
};

export default rloo;
