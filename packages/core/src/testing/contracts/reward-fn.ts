import type { Group, RewardContext, RewardItem, RewardValue } from '../../contracts/index.js';
import { providesOf } from '../../plugin/container.js';
import type { Plugin } from '../../plugin/define-plugin.js';
import { allFinite, difference, show } from './compare.js';
import { saysCorrect } from '../../training/score.js';
import { findFirst, type ContractSuite, type Finding } from './contract-check.js';
import { contentOf, groupBatch } from './group-batch.js';
import type { Subject } from './subject.js';
import { needNotDeclared } from './undeclared.js';

type Reward = Subject<'reward'>;
const TOLERANCE = 1e-6;

const itemsOf = (groups: readonly Group[]): RewardItem[] =>
  groups.flatMap((group) => group.responses.map((response) => ({ prompt: group.prompt, response, group })));

function contextOf({ needs }: Reward, purpose: RewardContext['purpose'] = 'rollout'): RewardContext {
  return {
    step: 0,
    purpose,
    signal: (name, { behaviourLogProbs }) => {
      if (!needs.has(name)) throw needNotDeclared(`the signal «${name}»`, name);
      return behaviourLogProbs.map((value) => value - 0.25);
    },
  };
}

async function scored(subject: Reward, items: readonly RewardItem[]): Promise<readonly RewardValue[]> {
  return (await subject.create()).score(items, contextOf(subject));
}

export const rewardContract: ContractSuite<'reward'> = {
  methods: ['score'],
  use: async (reward, subject, turn) =>
    reward.score(itemsOf(groupBatch(subject.needs).slice(turn)), contextOf(subject)),
  checks: [
    { name: 'gives one value for each response', find: (subject) => findWrongCount(subject), decides: true },
    { name: 'gives finite numbers', find: (subject) => findBadValue(subject), decides: true },
    { name: 'says what it knows of answers', find: (subject) => findUndeclaredVerdict(subject) },
    { name: 'follows the order of the responses', find: (subject) => findBrokenOrder(subject) },
    { name: 'is the same however a batch is split', find: (subject) => findBrokenSplit(subject) },
    {
      name: 'bears a batch of nothing and prompts without a reference',
      find: (subject) => findBrokenByAbsence(subject),
    },
    { name: 'only scores', find: (subject) => findChange(subject) },
  ],
};

async function findWrongCount(subject: Reward): Promise<Finding> {
  const items = itemsOf(groupBatch(subject.needs));
  const values: unknown = await scored(subject, items);
  if (Array.isArray(values) && values.length === items.length) return undefined;
  const given = Array.isArray(values) ? `${values.length} values` : show(values);
  return (
    `it gives ${given} for ${items.length} responses: one for each, in their order, and null for ` +
    `what can't be scored`
  );
}

async function findBadValue(subject: Reward): Promise<Finding> {
  const items = itemsOf(groupBatch(subject.needs));
  const values = await scored(subject, items);
  return findFirst(values.entries(), async ([i, value]) => findBad(value, items[i]!.response.tokens.length));
}

function findBad(value: RewardValue, length: number): Finding {
  if (value instanceof Float32Array) {
    if (value.length !== length)
      return (
        `it gives ${value.length} token rewards for a response of ${length} tokens: one for each, ` +
        'those of an environment and the end token included'
      );
    return allFinite([...value]) ? undefined : 'a token reward is not finite';
  }
  if (value === null || (typeof value === 'number' && Number.isFinite(value))) return undefined;
  if (typeof value === 'object' && Number.isFinite(value.reward) && typeof value.correct === 'boolean')
    return undefined;
  return (
    `it gives ${show(value)} as a reward: give a finite number, a Float32Array with one for each ` +
    'token, { reward, correct }, or null'
  );
}

async function findUndeclaredVerdict(subject: Reward): Promise<Finding> {
  const values = await scored(subject, itemsOf(groupBatch(subject.needs)));
  const declares = providesOf(subject.plugin as Plugin, subject.options).includes('correct');
  if (values.some(saysCorrect) && !declares)
    return (
      `it says whether answers are right and doesn't declare it, so that no filter can rely on it: ` +
      `provides: ['correct']`
    );
  if (declares && !values.every((value) => value === null || saysCorrect(value))) {
    return (
      `it declares provides: ['correct'] and gives values that don't say it: give { reward, correct ` +
      `}, or null for what can't be scored`
    );
  }
  if (declares && subject.plugin.role === 'shaping')
    return (
      'it says whether answers are right, which only a task reward can: filters have run when a ' +
      'shaping reward is asked'
    );
  return undefined;
}

async function findBrokenOrder(subject: Reward): Promise<Finding> {
  const items = itemsOf(groupBatch(subject.needs));
  const values = await scored(subject, items);
  const turned = await scored(subject, [...items].reverse());
  const found = difference([...values].reverse(), turned, { tolerance: TOLERANCE });
  return found && `responses in another order get other rewards: ${found}. A value belongs to the item of its place`;
}

async function findBrokenSplit(subject: Reward): Promise<Finding> {
  const items = itemsOf(groupBatch(subject.needs));
  const values = await scored(subject, items);
  const alone = [];
  for (const item of items) alone.push((await scored(subject, [item]))[0]);
  const found = difference(values, alone, { tolerance: TOLERANCE });
  return (
    found &&
    `a response gets another reward when it is scored alone: ${found}. Look at its prompt, itself ` +
      'and its group, never at the rest of the batch'
  );
}

async function findBrokenByAbsence(subject: Reward): Promise<Finding> {
  const nothing = await scored(subject, []);
  if (nothing.length !== 0) return `it gives ${nothing.length} values for a batch of nothing`;
  const bare = itemsOf(groupBatch(subject.needs)).map(({ prompt, ...item }) => ({
    ...item,
    prompt: { ...prompt, reference: undefined, columns: {} },
  }));
  const values = await scored(subject, bare);
  return findFirst(values.entries(), async ([i, value]) => findBad(value, bare[i]!.response.tokens.length));
}

async function findChange(subject: Reward): Promise<Finding> {
  const groups = groupBatch(subject.needs);
  const before = contentOf(groups);
  await scored(subject, itemsOf(groups));
  const found = difference(before, contentOf(groups));
  return found && `it changes what it scores: ${found}. Give values; the engine puts them where they belong`;
}
