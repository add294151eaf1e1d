import type { ConfigLayer } from '@dapo/core';

/** REINFORCE++ (arXiv 2501.03262): returns whitened over all tokens of the batch, a KL penalty in the reward. */
const reinforcePlusPlus: ConfigLayer = {
  extends: 'grpo',
  signals: { reference: 'reference' },
  rewards: { kl: 'kl-penalty' },
  advantage: 'batch-norm',
  aggregation: 'token',
};

export default reinforcePlusPlus;
