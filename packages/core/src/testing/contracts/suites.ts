import type { Kind } from '../../plugin/kinds.js';
import { advantageContract } from './advantage-estimator.js';
import { aggregationContract } from './aggregation.js';
import { backendContract } from './backend.js';
import { clipRuleContract } from './clip-rule.js';
import type { ContractSuite } from './contract-check.js';
import { correctionContract } from './correction.js';
import { filterContract } from './filter.js';
import { generatorContract } from './generator.js';
import { guardContract } from './guard.js';
import { klTermContract } from './kl-term.js';
import { lossFnContract } from './loss-fn.js';
import { optimizerContract } from './optimizer.js';
import { policyContract } from './policy.js';
import { promptsContract } from './prompt-source.js';
import { ratioLevelContract } from './ratio-level.js';
import { rewardContract } from './reward-fn.js';
import { samplerContract } from './sampler.js';
import { scheduleContract } from './schedule.js';
import { signalContract } from './signal.js';
import { tokenizerContract } from './tokenizer.js';
import { trackerContract } from './tracker.js';

/** Kind → what its contract asks. */
export const suites: { readonly [K in Kind]: ContractSuite<K> } = {
  prompts: promptsContract,
  sampler: samplerContract,
  generator: generatorContract,
  reward: rewardContract,
  filter: filterContract,
  advantage: advantageContract,
  signal: signalContract,
  correction: correctionContract,
  loss: lossFnContract,
  'ratio-level': ratioLevelContract,
  'clip-rule': clipRuleContract,
  'kl-term': klTermContract,
  aggregation: aggregationContract,
  policy: policyContract,
  tokenizer: tokenizerContract,
  optimizer: optimizerContract,
  schedule: scheduleContract,
  guard: guardContract,
  tracker: trackerContract,
  backend: backendContract,
};
