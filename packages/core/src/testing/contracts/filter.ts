import { tf } from '../../tensors/tf.js';
import type { Filter, Group, GroupFilter, Judgement, ResponseFilter, TokenFilter } from '../../contracts/index.js';
import { startOfRun } from '../fixtures.js';
import { difference, show } from './compare.js';
import { findFirst, type ContractCheck, type ContractSuite, type Finding } from './contract-check.js';
import { contentOf, groupBatch } from './group-batch.js';
import type { Subject } from './subject.js';
import { fullyMaskedBatch, matrixTensor, padded, takeResponses, tokenBatch, type TokenBatch } from './token-batch.js';
import {
  findBrokenByEmptiness,
  findBrokenMask,
  findBrokenOrder,
  findBrokenPadding,
  findWrongShape,
  matrixOf,
  type TokenMatrix,
} from './token-matrix.js';

const LEVELS = ['group', 'response', 'token'];

/** A check of each level that a filter may have; the filter's own is run. */
interface ByLevel {
  readonly group: (filter: GroupFilter, groups: Group[]) => Promise<Finding>;
  readonly response: (filter: ResponseFilter, groups: Group[], subject: Subject<'filter'>) => Promise<Finding>;
  readonly token: (filter: TokenFilter, subject: Subject<'filter'>) => Promise<Finding>;
}

function check(name: string, by: ByLevel, decides = false): ContractCheck<'filter'> {
  return {
    name,
    decides,
    async find(subject) {
      const filter = await subject.create();
      if (filter.level === 'token') return by.token(filter, subject);
      const groups = groupBatch(subject.needs);
      return filter.level === 'group' ? by.group(filter, groups) : by.response(filter, groups, subject);
    },
  };
}

/** What a token filter selects; log-probs and entropy of the current weights only where it asks for them. */
function selection(filter: TokenFilter, { needs }: Subject<'filter'>): TokenMatrix {
  return {
    what: 'a selection',
    compute: (batch: TokenBatch) =>
      filter.select({
        mask: matrixTensor(batch.mask),
        oldLogProbs: matrixTensor(batch.oldLogProbs),
        behaviourLogProbs: matrixTensor(batch.behaviourLogProbs),
        advantages: matrixTensor(batch.advantages),
        logProbs: needs.has('current-log-probs') ? matrixTensor(batch.logProbs) : undefined,
        entropy: needs.has('entropy') ? matrixTensor(batch.entropy) : undefined,
        policyAge: tf.onesLike(matrixTensor(batch.mask)),
        progress: startOfRun,
      }),
  };
}

export const filterContract: ContractSuite<'filter'> = {
  methods: [],
  async use(filter, subject, turn) {
    if (filter.level === 'token')
      return matrixOf(selection(filter, subject), takeResponses(tokenBatch(), [turn, 0, 1]));
    const groups = groupBatch(subject.needs).slice(turn);
    return filter.level === 'group' ? filter.judge(groups) : Promise.all(groups.map((group) => filter.judge(group)));
  },
  checks: [
    { name: 'has a level', find: async (subject) => findWrongLevel(await subject.create()), decides: true },
    check(
      'judges each of what it is shown',
      {
        group: async (filter, groups) => countOf('group', groups.length, await filter.judge(groups)),
        response: async (filter, groups) =>
          findFirst(groups, async (group) => countOf('response', group.responses.length, await filter.judge(group))),
        token: async (filter, subject) => findWrongShape(selection(filter, subject)),
      },
      true,
    ),
    check('gives verdicts with reasons', {
      group: async (filter, groups) => findBadJudgement(await filter.judge(groups), ['keep', 'drop']),
      response: async (filter, groups) =>
        findFirst(groups, async (group) => findBadJudgement(await filter.judge(group), ['keep', 'mask', 'drop'])),
      token: async (filter, subject) =>
        findFirst([tokenBatch(), fullyMaskedBatch(), padded(tokenBatch(), 2)], (batch) =>
          findNeitherNorOne(selection(filter, subject), batch),
        ),
    }),
    check('follows the order of what it is shown', {
      group: findGroupOrder,
      response: (filter, groups) => findFirst(groups.slice(0, 1), (group) => findResponseOrder(filter, group)),
      token: (filter, subject) => findBrokenOrder(selection(filter, subject)),
    }),
    check('judges alike in any company', {
      group: findCompany,
      response: findSecondThoughts,
      token: (filter, subject) => findBrokenPadding(selection(filter, subject)),
    }),
    check('bears nothing, and responses without a token', {
      group: async (filter) => countOf('group', 0, await filter.judge([])),
      response: async (filter, [group]) => countOf('response', 0, await filter.judge({ ...group!, responses: [] })),
      token: (filter, subject) => findBrokenByEmptiness(selection(filter, subject)),
    }),
    check('only judges', {
      group: (filter, groups) => findChange(groups, () => filter.judge(groups)),
      response: (filter, groups) => findChange(groups, () => Promise.all(groups.map((group) => filter.judge(group)))),
      token: (filter, subject) => findBrokenMask(selection(filter, subject)),
    }),
  ],
};

function findWrongLevel(filter: Filter): Finding {
  const { level } = filter as { readonly level?: string };
  if (level === undefined || !LEVELS.includes(level))
    return (
      `its level is ${show(level)}: write level: 'group', 'response' or 'token', so that the engine ` +
      'knows what to hand it'
    );
  const method = level === 'token' ? 'select' : 'judge';
  if (typeof (filter as unknown as Readonly<Record<string, unknown>>)[method] !== 'function')
    return `a filter of ${level}s needs a function ${method}`;
  if (filter.level === 'token' && typeof filter.countsFiltered !== 'boolean') {
    return 'it does not say whether tokens that it puts out count in the normaliser: countsFiltered: true or false';
  }
  return undefined;
}

function countOf(what: string, expected: number, judgements: readonly Judgement[]): Finding {
  const given = Array.isArray(judgements) ? judgements.length : show(judgements);
  return given === expected
    ? undefined
    : `it gives ${given} judgements for ${expected} ${what}s: one for each, in their order`;
}

function findBadJudgement(judgements: readonly Judgement[], verdicts: readonly string[]): Finding {
  for (const { verdict, reason } of judgements) {
    if (!verdicts.includes(verdict))
      return `it gives the verdict ${show(verdict)}: at its level there are ${verdicts.join(', ')}`;
    if (verdict !== 'keep' && !reason)
      return (
        `it gives «${verdict}» without a reason: nothing disappears silently, give { verdict: ` +
        `'${verdict}', reason: 'a few words' }`
      );
  }
  return undefined;
}

async function findNeitherNorOne(matrix: TokenMatrix, batch: TokenBatch): Promise<Finding> {
  const other = (await matrixOf(matrix, batch)).flat().find((value) => value !== 0 && value !== 1);
  return other === undefined
    ? undefined
    : `it selects with ${show(other)}: 1 keeps a token and 0 puts it out, weights belong in an ` +
        'aggregation or a correction';
}

async function findGroupOrder(filter: GroupFilter, groups: Group[]): Promise<Finding> {
  const order = groups.map((_, g) => (g + 2) % groups.length);
  const before = await filter.judge(groups);
  const turned = await filter.judge(order.map((g) => groups[g]!));
  const found = difference(
    order.map((g) => before[g]),
    turned,
  );
  return found && `groups in another order are judged otherwise: ${found}`;
}

async function findResponseOrder(filter: ResponseFilter, group: Group): Promise<Finding> {
  const order = group.responses.map((_, i) => (i + 2) % group.responses.length);
  const before = await filter.judge(group);
  const turned = await filter.judge({ ...group, responses: order.map((i) => group.responses[i]!) });
  const found = difference(
    order.map((i) => before[i]),
    turned,
  );
  return found && `responses in another order are judged otherwise: ${found}`;
}

async function findCompany(filter: GroupFilter, groups: Group[]): Promise<Finding> {
  const together = await filter.judge(groups);
  const alone = await Promise.all(groups.map(async (group) => (await filter.judge([group]))[0]));
  const found = difference(together, alone);
  return (
    found &&
    `a group is judged otherwise when it comes alone: ${found}. Groups come in rounds of any size, ` +
      'so judge each by itself'
  );
}

async function findSecondThoughts(
  filter: ResponseFilter,
  groups: Group[],
  subject: Subject<'filter'>,
): Promise<Finding> {
  for (const group of groups) {
    const judged = await filter.judge(group);
    const found = difference(await ((await subject.create()) as ResponseFilter).judge(group), judged);
    if (found)
      return (
        `a group is judged otherwise after other groups: ${found}. Groups come in any order, so ` +
        'judge each by itself'
      );
  }
  return undefined;
}

async function findChange(groups: Group[], judge: () => Promise<unknown>): Promise<Finding> {
  const before = contentOf(groups);
  await judge();
  const found = difference(before, contentOf(groups));
  return (
    found &&
    `it changes what it judges: ${found}. Give judgements; the engine takes out what is dropped and ` +
      'counts the reasons'
  );
}
