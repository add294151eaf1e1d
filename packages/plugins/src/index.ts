import type { Kind, LazyPlugin, PluginManifest } from '@dapo/core';
import { defaults } from './defaults.js';
import { explanations } from './explanations.js';

export type {} from './catalogue-types.js';

/** The one list of what this package ships: kind → name → lazy import, sorted. */
export const plugins = {
  advantage: {
    'batch-norm': () => import('./advantages/batch-norm.js'),
    'group-center': () => import('./advantages/group-center.js'),
    'group-norm': () => import('./advantages/group-norm.js'),
    'leave-one-out': () => import('./advantages/leave-one-out.js'),
    'optimal-baseline': () => import('./advantages/optimal-baseline.js'),
    'pass-at-k': () => import('./advantages/pass-at-k.js'),
  },
  aggregation: {
    constant: () => import('./aggregations/constant.js'),
    sequence: () => import('./aggregations/sequence.js'),
    token: () => import('./aggregations/token.js'),
    'token-per-group': () => import('./aggregations/token-per-group.js'),
  },
  backend: {
    tensorflow: () => import('./backends/tensorflow.js'),
    wasm: () => import('./backends/wasm.js'),
    webgpu: () => import('./backends/webgpu.js'),
  },
  'clip-rule': {
    cispo: () => import('./losses/clip-rules/cispo.js'),
    clip: () => import('./losses/clip-rules/clip.js'),
    'clip-higher': () => import('./losses/clip-rules/clip-higher.js'),
    'dual-clip': () => import('./losses/clip-rules/dual-clip.js'),
    none: () => import('./losses/clip-rules/none.js'),
    reinforce: () => import('./losses/clip-rules/reinforce.js'),
  },
  correction: {
    'masked-importance': () => import('./corrections/masked-importance.js'),
    'truncated-importance': () => import('./corrections/truncated-importance.js'),
  },
  filter: {
    'high-entropy': () => import('./filters/high-entropy.js'),
    'masked-importance': () => import('./filters/masked-importance.js'),
    'max-staleness': () => import('./filters/max-staleness.js'),
    'min-spread': () => import('./filters/min-spread.js'),
    'mixed-outcomes': () => import('./filters/mixed-outcomes.js'),
    'off-policy-sequence-mask': () => import('./filters/off-policy-sequence-mask.js'),
    overlong: () => import('./filters/overlong.js'),
    'top-k-responses': () => import('./filters/top-k-responses.js'),
  },
  generator: {
    policy: () => import('./generators/policy.js'),
  },
  guard: {
    entropy: () => import('./guards/entropy.js'),
    'gradient-norm': () => import('./guards/gradient-norm.js'),
    'kl-spike': () => import('./guards/kl-spike.js'),
    'length-runaway': () => import('./guards/length-runaway.js'),
    nan: () => import('./guards/nan.js'),
    'no-live-groups': () => import('./guards/no-live-groups.js'),
    'ratio-spike': () => import('./guards/ratio-spike.js'),
    'reward-hacking': () => import('./guards/reward-hacking.js'),
  },
  'kl-term': {
    abs: () => import('./losses/kl-terms/abs.js'),
    k1: () => import('./losses/kl-terms/k1.js'),
    k2: () => import('./losses/kl-terms/k2.js'),
    k3: () => import('./losses/kl-terms/k3.js'),
  },
  loss: {
    'clip-cov': () => import('./losses/clip-cov.js'),
    'kl-cov': () => import('./losses/kl-cov.js'),
    'policy-gradient': () => import('./losses/policy-gradient.js'),
  },
  optimizer: {
    adamw: () => import('./optimizers/adamw.js'),
  },
  policy: {
    transformer: () => import('./policies/transformer.js'),
  },
  prompts: {
    arithmetic: () => import('./prompts/arithmetic.js'),
    countdown: () => import('./prompts/countdown.js'),
    csv: () => import('./prompts/csv.js'),
    jsonl: () => import('./prompts/jsonl.js'),
  },
  'ratio-level': {
    sequence: () => import('./losses/ratio-levels/sequence.js'),
    'sequence-product': () => import('./losses/ratio-levels/sequence-product.js'),
    'sequence-token': () => import('./losses/ratio-levels/sequence-token.js'),
    token: () => import('./losses/ratio-levels/token.js'),
  },
  reward: {
    'answer-line': () => import('./rewards/answer-line.js'),
    'exact-answer': () => import('./rewards/exact-answer.js'),
    function: () => import('./rewards/function.js'),
    http: () => import('./rewards/http.js'),
    judge: () => import('./rewards/judge.js'),
    'kl-penalty': () => import('./rewards/kl-penalty.js'),
    'length-penalty': () => import('./rewards/length-penalty.js'),
    'regex-format': () => import('./rewards/regex-format.js'),
    'repetition-penalty': () => import('./rewards/repetition-penalty.js'),
    'soft-overlong': () => import('./rewards/soft-overlong.js'),
  },
  sampler: {
    curriculum: () => import('./samplers/curriculum.js'),
    dynamic: () => import('./samplers/dynamic.js'),
    replay: () => import('./samplers/replay.js'),
    standard: () => import('./samplers/standard.js'),
  },
  schedule: {
    constant: () => import('./schedules/constant.js'),
    cosine: () => import('./schedules/cosine.js'),
    linear: () => import('./schedules/linear.js'),
  },
  signal: {
    reference: () => import('./signals/reference.js'),
  },
  tokenizer: {
    character: () => import('./tokenizers/character.js'),
    'hugging-face': () => import('./tokenizers/hugging-face.js'),
  },
  tracker: {
    console: () => import('./trackers/console.js'),
    csv: () => import('./trackers/csv.js'),
    jsonl: () => import('./trackers/jsonl.js'),
    tensorboard: () => import('./trackers/tensorboard.js'),
    webhook: () => import('./trackers/webhook.js'),
  },
} satisfies Partial<Record<Kind, Record<string, LazyPlugin>>>;

const manifest: PluginManifest = {
  name: '@dapo/plugins',
  version: '0.1.0',
  code: ['./', '../wasm/', '../workers/'].map((folder) => new URL(folder, import.meta.url)),
  plugins,
  presets: {
    cispo: () => import('./presets/cispo.js'),
    dapo: () => import('./presets/dapo.js'),
    'dr-grpo': () => import('./presets/dr-grpo.js'),
    gfpo: () => import('./presets/gfpo.js'),
    grpo: () => import('./presets/grpo.js'),
    gspo: () => import('./presets/gspo.js'),
    'high-entropy': () => import('./presets/high-entropy.js'),
    'reinforce-plus-plus': () => import('./presets/reinforce-plus-plus.js'),
    rloo: () => import('./presets/rloo.js'),
  },
  defaults,
  explanations,
};

export default manifest;
