import type {
  AdvantageEstimator,
  Aggregation,
  Backend,
  ClipRule,
  Correction,
  Filter,
  Generator,
  Guard,
  KlTerm,
  LossFn,
  Optimizer,
  Policy,
  PromptSource,
  RatioLevel,
  RewardFn,
  Sampler,
  Schedule,
  Signal,
  Tokenizer,
  Tracker,
} from '../contracts/index.js';

/** Kind of plugin → the contract that its instances keep. */
export interface Contracts {
  sampler: Sampler;
  generator: Generator;
  reward: RewardFn;
  filter: Filter;
  advantage: AdvantageEstimator;
  loss: LossFn;
  'ratio-level': RatioLevel;
  'clip-rule': ClipRule;
  'kl-term': KlTerm;
  aggregation: Aggregation;
  correction: Correction;
  signal: Signal;
  policy: Policy;
  tokenizer: Tokenizer;
  prompts: PromptSource;
  optimizer: Optimizer;
  schedule: Schedule;
  tracker: Tracker;
  guard: Guard;
  backend: Backend;
}

export type Kind = keyof Contracts;

/** Every kind, in the order of the data's way, with the sentence that lists print. */
export const kinds: Readonly<Record<Kind, string>> = {
  prompts: 'gives prompts',
  sampler: 'decides which prompts are tried and when a batch is full',
  generator: 'turns prompts into groups of responses',
  reward: 'scores responses',
  filter: 'keeps, masks or drops groups, responses or tokens',
  advantage: 'turns the rewards of a group into advantages',
  signal: 'computes a named quantity per token once per rollout',
  correction: 'weights tokens that other weights sampled',
  loss: 'gives the loss of each token',
  'ratio-level': 'compares probabilities per token or per sequence (part of a loss)',
  'clip-rule': 'limits how far an update moves a token (part of a loss)',
  'kl-term': 'pulls towards a reference policy (part of a loss)',
  aggregation: 'weights tokens within a mini-batch',
  policy: 'is the model that is trained',
  tokenizer: 'turns text into tokens and back',
  optimizer: 'turns gradients into an update',
  schedule: 'scales the learning rate',
  guard: 'watches the run and may skip, stop or roll back',
  tracker: 'records the run',
  backend: 'computes tensors',
};
