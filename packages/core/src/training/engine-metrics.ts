import type { MetricDeclaration } from '../contracts/metric.js';

const RESPONSES = { over: 'responses', reduce: 'mean' } as const;
const COUNT = { over: 'step', reduce: 'sum' } as const;
const STEP = { over: 'step', reduce: 'mean' } as const;

/**
 * What the engine itself measures, under full names. Capitals stand for what a config or a plugin names: KEY of a
 * part, REASON of a verdict, K answers, NAME of a metric.
 */
// A metric takes three lines, as in a table.
// prettier-ignore
export const engineMetrics = {
  'rollout/score': {
    ...RESPONSES, unit: 'score', meaning: 'score of the task rewards, over all sampled responses that could be scored',
    healthy: 'rises, fastest at the beginning', worrying: 'flat from the start, or falling after a rise',
    advice: 'flat: easier prompts or larger groups; falling: a lower learning rate, and a look at the completions',
  },
  'rollout/accuracy': {
    ...RESPONSES, unit: 'share', meaning: 'right answers among all sampled responses, before any filter',
    healthy: 'rises; 0.2 to 0.8 at the start teaches most', worrying: 'near 0 or near 1: most groups teach nothing',
    advice: 'take prompts of another difficulty, or the sampler dynamic with mixed-outcomes',
  },
  'rollout/response-length': {
    ...RESPONSES, unit: 'tokens', meaning: 'tokens that the policy chose, the end token counted',
    healthy: 'steady, or rising slowly with accuracy', worrying: 'runs to the limit, or falls to almost nothing',
    advice: 'look at the completions; shape the length with soft-overlong, and see that a short answer is not rewarded for itself',
  },
  'rollout/length-spread': {
    over: 'step', reduce: 'mean', unit: 'tokens', meaning: 'standard deviation of the response lengths',
    healthy: 'above 0', worrying: '0: all responses are of one length, and all aggregations are one and the same',
    advice: 'see rollout/response-length and rollout/truncated',
  },
  'rollout/truncated': {
    ...RESPONSES, unit: 'share', meaning: 'responses that the length limit cut off',
    healthy: 'below 0.1 and falling', worrying: 'above 0.3, or rising',
    advice: 'raise rollout.maxResponseLength, or shape the length with soft-overlong',
  },
  'rollout/rounds': {
    ...COUNT, unit: 'rounds', meaning: 'generation rounds of the step',
    healthy: '1 to 3', worrying: 'rising to the limit of the sampler',
    advice: 'most prompts have become too easy or are too hard: change the data',
  },
  'rollout/groups': {
    ...COUNT, unit: 'groups', meaning: 'groups sampled, kept or not',
    healthy: 'one to three times rollout.prompts', worrying: 'many times rollout.prompts',
    advice: 'see rollout/rounds: each group beyond the batch costs time and teaches nothing',
  },
  'rollout/surplus': {
    ...COUNT, unit: 'groups', meaning: 'kept groups that the batch had no room for',
    healthy: 'few beside the batch', worrying: 'as many as the batch has', advice: 'dynamic: lower maxPromptsPerRound, or surplus: carry',
  },
  'rollout/generated-tokens': {
    ...COUNT, unit: 'tokens', meaning: 'tokens sampled in the step',
    healthy: 'follows the response length', worrying: 'grows while accuracy does not',
    advice: 'see rollout/rounds and rollout/response-length',
  },
  'rollout/kept-groups': {
    ...COUNT, unit: 'groups', meaning: 'groups that the update sees',
    healthy: 'equals rollout.prompts', worrying: 'far fewer',
    advice: 'the sampler dynamic fills the batch up; without it, see which filter drops groups',
  },
  'rollout/live-groups': {
    over: 'groups', reduce: 'mean', unit: 'share', meaning: 'kept groups with an advantage that is not 0',
    healthy: '1 with dynamic sampling, above 0.5 without', worrying: 'near 0: the gradient is nothing but noise',
    advice: 'take the sampler dynamic with mixed-outcomes, larger groups, or prompts of another difficulty',
  },
  'rollout/masked-responses': {
    ...RESPONSES, unit: 'share', meaning: 'kept responses that carry no loss',
    healthy: '0, or the share of truncated responses with overlong filtering', worrying: 'above 0.3',
    advice: 'see which filter masks them, and why',
  },
  'rollout/loss-tokens': {
    ...COUNT, unit: 'tokens', meaning: 'tokens that carry loss',
    healthy: 'near the tokens of the kept responses', worrying: 'near 0',
    advice: 'see rollout/masked-responses and rollout/kept-groups',
  },
  'PLACE/VERDICT-LEVEL: REASON': {
    ...COUNT, unit: 'groups or responses', meaning: 'what a filter dropped or masked, by its reason: filters/outcomes/drop-groups: all right',
    healthy: 'what the filter is there for', worrying: 'nearly everything',
    advice: 'see the reason: it names what the groups or responses have in common',
  },
  'reward/mean': {
    ...RESPONSES, unit: 'reward', meaning: 'shaped reward of the kept responses: what advantages are made of',
    healthy: 'rises', worrying: 'rises while evaluation/accuracy falls: the reward is being gamed',
    advice: 'read completions with a high reward, and mend the reward; the guard reward-hacking watches for it',
  },
  'rewards/KEY/mean': {
    ...RESPONSES, unit: 'reward', meaning: 'what a shaping reward gave, unweighted, over the kept responses',
    healthy: 'small beside the score, and shrinking towards 0', worrying: 'as large as the score',
    advice: 'lower its weight, or the length that it begins at',
  },
  'rewards/KEY/touched': {
    ...RESPONSES, unit: 'share', meaning: 'kept responses to which a shaping reward gave anything but 0',
    healthy: 'falling', worrying: 'near 1: it shifts every reward and distinguishes nothing',
    advice: 'move the point where it begins',
  },
  'rewards/KEY/weight': {
    ...STEP, unit: 'factor', meaning: 'what the reward is multiplied with, where that changes over the steps',
    healthy: 'as the config says', worrying: 'never',
    advice: 'see rewards.KEY.weight: { from, to, steps }',
  },
  'policy/entropy': {
    over: 'tokens', reduce: 'mean', unit: 'nats', meaning: 'entropy of the policy at the temperature of the rollout',
    healthy: 'falls slowly and settles above 0', worrying: 'collapses to 0 early (nothing is tried any more), or rises without end',
    advice: 'collapse: clip-higher, an entropy bonus, clip-cov or kl-cov; explosion: a lower learning rate',
  },
  'filters/KEY/put-out': {
    over: 'tokens', reduce: 'mean', unit: 'share', meaning: 'tokens of the loss that the token filter KEY put out',
    healthy: 'what its option asks for', worrying: '0 at every step: it does nothing; near 1: hardly anything is left to learn from',
    advice: 'see the options of filters.KEY',
  },
  'rollout/behaviour-difference': {
    over: 'tokens', reduce: 'max', unit: 'nats', meaning: 'largest difference between recomputed old log-probs and those of the sampler',
    healthy: 'below 1e-3 in process, below 0.1 with an outside generator', worrying: 'above 1',
    advice: 'sampler and trainer disagree: compare temperature, precision and weights, or add a correction',
  },
  'policy/log-prob-difference': {
    over: 'tokens', reduce: 'max', unit: 'nats', meaning: 'largest difference between current and old log-probs of a token',
    healthy: '0 in the first update of a rollout, below 1 later', worrying: 'above 2, or not 0 in the first update',
    advice: 'fewer epochs, a lower learning rate; in the first update: update.oldLogProbs=recomputed',
  },
  'update/first-log-prob-difference': {
    over: 'tokens', reduce: 'max', unit: 'nats', meaning: 'the same in the first update of the rollout, where nothing has changed yet',
    healthy: 'below 1e-4', worrying: 'above 1e-2: generator and policy compute different things',
    advice: 'update.oldLogProbs=recomputed, and a correction for the rest',
  },
  'update/loss': {
    ...STEP, unit: 'loss', meaning: 'Σ weight · loss of a mini-batch, a mean over the updates',
    healthy: 'small, around 0: it is no measure of learning', worrying: 'NaN, or growing by orders of magnitude',
    advice: 'judge by accuracy; for NaN, lower the learning rate and see the guard nan',
  },
  'update/gradient-norm': {
    ...STEP, unit: 'norm', meaning: 'global norm of the gradient before it is clipped, a mean over the updates',
    healthy: 'steady within a factor of 3', worrying: 'spikes, a steady rise, or 0',
    advice: 'spikes: optimizer.maxGradientNorm or the guard gradient-norm; 0: see rollout/live-groups',
  },
  'update/padding-share': {
    ...STEP, unit: 'share', meaning: 'token positions of an update that were computed and belong to no prompt or response, a mean over the updates',
    healthy: 'below 0.01 with the policy transformer, which packs sequences; below 0.1 elsewhere', worrying: 'above 0.3: a third of the work is for nothing',
    advice: 'see whether responses are empty; a policy that packs, or a smaller update.microBatch with responses of like length',
  },
  'update/applied': {
    ...STEP, unit: 'share', meaning: 'updates that were applied; the rest was put off by a guard or was not finite',
    healthy: '1', worrying: 'below 0.95',
    advice: 'see the log for the guard and its reason; lower the learning rate',
  },
  'update/learning-rate': {
    ...STEP, unit: 'rate', meaning: 'learning rate after the schedule, a mean over the updates',
    healthy: 'as the schedule says', worrying: '0 outside of a warm-up',
    advice: 'see schedule, and update/applied',
  },
  'update/count': {
    ...COUNT, unit: 'updates', meaning: 'mini-batches of the step',
    healthy: 'epochs × rollout / mini-batch', worrying: '1: the ratio is always 1, and no clip rule acts',
    advice: 'make update.miniBatch smaller, or update.epochs larger',
  },
  'evaluation/score': {
    over: 'responses', reduce: 'mean', unit: 'score', meaning: 'score of the task rewards on the held-out problems',
    healthy: 'rises with the score of the rollouts', worrying: 'flat while rollout/score rises',
    advice: 'the policy learns the training prompts by heart: more of them, or fewer epochs',
  },
  'evaluation/accuracy': {
    over: 'groups', reduce: 'mean', unit: 'share', meaning: 'avg@k: right answers, a mean over the held-out problems',
    healthy: 'rises beyond the interval of the first evaluation', worrying: 'falls while rollout/accuracy rises',
    advice: 'the policy learns the training prompts by heart: more of them, fewer steps, or a KL term',
  },
  'evaluation/accuracy-low': {
    over: 'groups', reduce: 'mean', unit: 'share', meaning: 'lower end of the 95 % interval of avg@k, over problems',
    healthy: 'above the first avg@k', worrying: 'the interval is wider than the gain', advice: 'take more held-out problems',
  },
  'evaluation/accuracy-high': {
    over: 'groups', reduce: 'mean', unit: 'share', meaning: 'upper end of the 95 % interval of avg@k, over problems',
    healthy: 'above the first avg@k', worrying: 'the interval is wider than the gain', advice: 'take more held-out problems',
  },
  'evaluation/pass@K': {
    over: 'groups', reduce: 'mean', unit: 'share', meaning: 'pass@k: chance that one of k answers is right, the unbiased estimate',
    healthy: 'does not fall', worrying: 'falls for large k while accuracy rises: variety is lost',
    advice: 'see policy/entropy; the advantage pass-at-k trains for it',
  },
  'evaluation/maj@K': {
    over: 'groups', reduce: 'mean', unit: 'share', meaning: 'maj@k: problems whose most frequent answer is right, where a reward reads answers out',
    healthy: 'above accuracy', worrying: 'below accuracy: wrong answers agree with each other',
    advice: 'read the completions: a wrong method is being learnt',
  },
  'evaluation/unscored': {
    ...COUNT, unit: 'answers', meaning: 'answers that no reward could score: neither right nor wrong',
    healthy: '0', worrying: 'above 0', advice: 'see why the reward gives null: a service that fails, a reference that is absent',
  },
  'evaluation/problems': {
    ...COUNT, unit: 'problems', meaning: 'held-out problems with an answer that could be scored',
    healthy: 'a few hundred', worrying: 'fewer than 50: the interval says little', advice: 'take more held-out problems',
  },
  'evaluation/response-length': {
    ...RESPONSES, unit: 'tokens', meaning: 'tokens of the answers',
    healthy: 'near rollout/response-length', worrying: 'far from it', advice: 'see evaluation.temperature and topP',
  },
  'evaluation/truncated': {
    ...RESPONSES, unit: 'share', meaning: 'answers that the length limit cut off',
    healthy: 'below 0.1', worrying: 'above 0.3', advice: 'raise rollout.maxResponseLength',
  },
  'evaluation/NAME': {
    ...STEP, unit: 'as NAME', meaning: 'what a plugin recorded under NAME while the held-out set was measured',
    healthy: 'as NAME', worrying: 'as NAME', advice: 'see NAME',
  },
  'counter/optimizer-steps': {
    ...COUNT, unit: 'updates', meaning: 'updates applied since the run began',
    healthy: 'rises with every step', worrying: 'stands still', advice: 'see update/applied',
  },
  'counter/generated-tokens': {
    ...COUNT, unit: 'tokens', meaning: 'tokens sampled since the run began',
    healthy: 'rises', worrying: 'faster than planned', advice: 'see time/money and rollout/rounds',
  },
  'counter/prompts-seen': {
    ...COUNT, unit: 'prompts', meaning: 'prompts tried since the run began, one tried again counted again',
    healthy: 'rises', worrying: 'many times the size of the data', advice: 'take more prompts',
  },
  'counter/generation-rounds': {
    ...COUNT, unit: 'rounds', meaning: 'generation rounds since the run began',
    healthy: 'near the rollout steps', worrying: 'many times the rollout steps', advice: 'see rollout/rounds',
  },
  'time/step-seconds': {
    ...STEP, unit: 'seconds', meaning: 'wall-clock time of the rollout step',
    healthy: 'steady', worrying: 'rising', advice: 'see time/rollout-seconds and time/update-seconds for which half it is',
  },
  'time/rollout-seconds': {
    ...STEP, unit: 'seconds', meaning: 'of it, sampling, scoring, filtering and preparing',
    healthy: 'about half, or more with long responses', worrying: 'rising with rollout/rounds', advice: 'see rollout/rounds and rollout/response-length',
  },
  'time/update-seconds': {
    ...STEP, unit: 'seconds', meaning: 'of it, gradients and updates',
    healthy: 'steady', worrying: 'rising', advice: 'see rollout/loss-tokens; try another update.microBatch',
  },
  'time/tokens-per-second': {
    ...STEP, unit: 'tokens per second', meaning: 'tokens sampled, by the time of the whole step',
    healthy: 'steady', worrying: 'falling', advice: 'dapo doctor measures the backend; other programs may use the machine',
  },
  'time/total-seconds': {
    ...COUNT, unit: 'seconds', meaning: 'training time of the run, over all resumes',
    healthy: 'within budget.minutes', worrying: 'beyond what was planned', advice: 'set budget.minutes',
  },
  'time/money': {
    ...COUNT, unit: 'your currency', meaning: 'tokens and hours since the run began, times your prices',
    healthy: 'within what was planned', worrying: '0 where it should not be', advice: 'set prices.perHour and prices.perMillionTokens',
  },
  'time/peak-memory': {
    over: 'step', reduce: 'max', unit: 'MiB', meaning: 'largest resident memory of the process so far, engine and Node included',
    healthy: 'steady after the first steps', worrying: 'rising with every step',
    advice: 'a smaller update.microBatch; rising without end: a plugin keeps tensors',
  },
  'time/eta-seconds': {
    ...STEP, unit: 'seconds', meaning: 'time that is left, from a moving average of the steps',
    healthy: 'falls', worrying: 'rises', advice: 'see time/step-seconds',
  },
  'time/evaluation-seconds': {
    ...STEP, unit: 'seconds', meaning: 'wall-clock time of an evaluation',
    healthy: 'a small part of the steps between two', worrying: 'more than those steps', advice: 'raise evaluation.every, or lower evaluation.k or evaluation.problems',
  },
} as const satisfies Readonly<Record<string, MetricDeclaration>>;

const PLACEHOLDERS: Readonly<Record<string, string>> = {
  KEY: '[A-Za-z][A-Za-z0-9_-]*',
  K: '\\d+',
  NAME: '.+',
  PLACE: '(?:filters/[A-Za-z][A-Za-z0-9_-]*|rewards|rollout)',
  VERDICT: '(?:drop|mask)',
  LEVEL: '(?:groups|responses)',
  REASON: '.+',
};

/** Whether a metric's name is one that a declared name stands for: `rewards/length/mean` is one of `rewards/KEY/mean`. */
export function isNamedBy(name: string, declared: string): boolean {
  const parts = declared
    .split(/\b([A-Z]+)\b/)
    .map((part, i) => (i % 2 === 1 ? PLACEHOLDERS[part] : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${parts.join('')}$`).test(name);
}
