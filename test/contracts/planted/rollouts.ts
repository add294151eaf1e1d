import {
  tokens,
  type Group,
  type Policy,
  type PolicyBatch,
  type Prompt,
  type Response,
  type RewardValue,
  type SampledBatch,
  type SamplerContext,
} from '@dapo/core';
import { defectsOf } from './planted.js';

const reward = defectsOf('reward');
const signal = defectsOf('signal', { provides: ['reference-log-probs'], inject: { policy: tokens.policy } });
const sampler = defectsOf('sampler');

const scores = (value: (response: Response, prompt: Prompt) => RewardValue) => ({
  score: (batch: readonly { readonly response: Response; readonly prompt: Prompt }[]) =>
    batch.map(({ response, prompt }) => value(response, prompt)),
});

const plantedRewards = [
  reward(
    'gives one value for each response',
    'it gives 14 values for 17 responses: one for each, in their order, and null',
    () => ({
      score: (batch) => batch.filter(({ response }) => response.tokens.length > 1).map(() => 1),
    }),
  ),
  reward('gives finite numbers', 'it gives NaN as a reward', () => scores(({ tokens: ids }) => 0 / ids.length)),
  reward('gives finite numbers', 'token rewards for a response of 3 tokens: one for each', () =>
    scores(({ tokens: ids }) => new Float32Array(ids.length + 1)),
  ),
  reward('says what it knows of answers', "it says whether answers are right and doesn't declare it", () =>
    scores(({ text }) => ({ reward: 1, correct: text === 'a' })),
  ),
  reward(
    'says what it knows of answers',
    "it declares provides: ['correct'] and gives values that don't say it",
    () => scores(() => 1),
    { provides: ['correct'] },
  ),
  reward(
    'follows the order of the responses',
    'responses in another order get other rewards',
    () => ({
      score: (batch) => batch.map(({ response }) => response.tokens.length).sort((a, b) => a - b),
    }),
    { also: ['is the same however a batch is split'] },
  ),
  reward('is the same however a batch is split', 'a response gets another reward when it is scored alone', () => ({
    score: (batch) =>
      batch.map(
        ({ response }) => response.tokens.length / Math.max(1, ...batch.map((item) => item.response.tokens.length)),
      ),
  })),
  reward('bears a batch of nothing and prompts without a reference', 'it threw: ', () =>
    scores(({ text }, { reference }) => (text === reference!.trim() ? 1 : 0)),
  ),
  reward('only scores', 'it changes what it scores: 0.responses.0.score is 5 instead of 1', () =>
    scores((response) => {
      response.score = 5;
      return 1;
    }),
  ),
];

const shifted = async (policy: Policy, batch: PolicyBatch, shift: (r: number) => number) => {
  const { width, logProbs } = await policy.logProbs(batch, { temperature: 1 });
  return { width, values: logProbs.map((value, i) => value + shift(Math.floor(i / width))) };
};

const plantedSignals = [
  defectsOf('signal', { inject: { policy: tokens.policy } })(
    'says what it provides',
    'it does not say which need it fulfils',
    (_, { policy }) => ({
      compute: (batch) => shifted(policy, batch, () => 0),
    }),
  ),
  signal('gives one number for each token', 'its width is 1 for responses of up to 4 tokens', () => ({
    compute: async ({ responses }) => ({ width: 1, values: new Float32Array(responses.length) }),
  })),
  signal(
    'follows the order of the responses',
    'responses in another order have other values',
    (_, { policy }) => ({
      compute: (batch) => shifted(policy, batch, (r) => r),
    }),
    { also: ['is the same in any company'] },
  ),
  signal('is the same in any company', 'a response has other values when it comes alone', (_, { policy }) => ({
    compute: (batch) => shifted(policy, batch, () => batch.responses.length),
  })),
  signal(
    'is the same until it is refreshed',
    'a second call gives other values',
    (_, { policy }) => {
      let calls = 0;
      return { compute: (batch) => shifted(policy, batch, () => calls++) };
    },
    {
      also: ['follows the order of the responses', 'is the same in any company', 'goes on from its saved state'],
    },
  ),
];

async function once(
  context: SamplerContext,
  change: (groups: Group[]) => Group[] = (groups) => groups,
): Promise<SampledBatch> {
  const { target, prompts, rollout } = context;
  const kept = (await rollout(await prompts.next(target))).filter(({ verdict }) => verdict === 'keep');
  const groups = change(kept);
  return { groups, surplus: 0, ...(groups.length < target && { exhausted: 'dropped' }) };
}

const plantedSamplers = [
  sampler('gives a batch', 'it trains on nothing where every group is kept', () => ({
    next: async () => ({ groups: [], surplus: 0, exhausted: 'lazy' }),
  })),
  sampler('fills the batch and no more', 'it gives 8 groups for a batch of 4', () => ({
    next: async ({ prompts, rollout }) => ({
      groups: (await rollout(await prompts.next(8))).filter(({ verdict }) => verdict === 'keep'),
      surplus: 0,
      exhausted: 'x',
    }),
  })),
  sampler(
    'fills the batch and no more',
    'it gives one group twice in a batch',
    () => ({
      next: (context) => once(context, (groups) => groups.map(() => groups[0]!)),
    }),
    { also: ['counts what it has no room for'] },
  ),
  sampler(
    'counts what it has no room for',
    'kept groups found no room, and its surplus is 0: nothing disappears',
    () => ({
      async next({ prompts, rollout, target }) {
        const kept = (await rollout(await prompts.next(3 * target))).filter(({ verdict }) => verdict === 'keep');
        return { groups: kept.slice(0, target), surplus: 0, ...(kept.length < target && { exhausted: 'too few' }) };
      },
    }),
  ),
  sampler('trains on kept groups only', 'it trains on a group that a filter has dropped ("all wrong")', () => ({
    next: async ({ prompts, rollout, target }) => ({
      groups: await rollout(await prompts.next(target)),
      surplus: 0,
      exhausted: 'x',
    }),
  })),
  sampler(
    'gives groups in the order of their prompts',
    'it gives groups in another order than it tried their prompts in',
    () => ({
      next: (context) => once(context, (groups) => groups.reverse()),
    }),
  ),
  sampler(
    'comes to an end where nothing is kept',
    'where every group is dropped it asks for more and more: give up after some rounds',
    () => ({
      async next({ target, prompts, rollout }) {
        const groups: Group[] = [];
        for (let dry = false; groups.length < target && !dry;) {
          const given = await prompts.next(target);
          dry = given.length === 0;
          groups.push(...(await rollout(given)).filter(({ verdict }) => verdict === 'keep'));
        }
        return {
          groups: groups.slice(0, target),
          surplus: Math.max(0, groups.length - target),
          ...(groups.length < target && { exhausted: 'no more prompts' }),
        };
      },
    }),
  ),
  sampler(
    'comes to an end where the prompts run dry',
    'where the source has 0 prompts left it asks for more and more',
    () => ({
      async next({ target, prompts, rollout }) {
        const groups: Group[] = [];
        for (let tried = 0; groups.length < target && tried < 40;) {
          const given = await prompts.next(target);
          tried += given.length;
          groups.push(...(await rollout(given)).filter(({ verdict }) => verdict === 'keep'));
        }
        return {
          groups: groups.slice(0, target),
          surplus: Math.max(0, groups.length - target),
          ...(groups.length < target && { exhausted: 'given up' }),
        };
      },
    }),
  ),
  sampler(
    'comes to an end where nothing is kept',
    'where every group is dropped it gives 0 groups of 4 and does not say why',
    () => ({
      next: async (context) => {
        const { groups } = await once(context);
        return { groups, surplus: 0, ...(groups.length > 0 && { exhausted: 'dropped' }) };
      },
    }),
    { also: ['comes to an end where the prompts run dry'] },
  ),
];

export const plantedInRollouts = [...plantedRewards, ...plantedSignals, ...plantedSamplers];
