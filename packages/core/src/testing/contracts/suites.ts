import type { Kind } from '../../plugin/kinds.js';
import { advantageContract } from './advantage-estimator.js';
import { aggregationContract } from './aggregation.js';
import { clipRuleContract } from './clip-rule.js';
import type { ContractSuite } from './contract-check.js';
import { correctionContract } from './correction.js';
import { filterContract } from './filter.js';
import { klTermContract } from './kl-term.js';
import { lossFnContract } from './loss-fn.js';
import { ratioLevelContract } from './ratio-level.js';
import { rewardContract } from './reward-fn.js';
import { signalContract } from './signal.js';

/** Kind → what its contract asks. */
export const suites = {
  advantage: advantageContract,
  correction: correctionContract,
  loss: lossFnContract,
  'ratio-level': ratioLevelContract,
  'clip-rule': clipRuleContract,
  'kl-term': klTermContract,
  aggregation: aggregationContract,
  filter: filterContract,
  reward: rewardContract,
  signal: signalContract,
} as unknown as { readonly [K in Kind]: ContractSuite<K> };
