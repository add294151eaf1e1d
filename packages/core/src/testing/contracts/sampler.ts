import type { Group, Prompt, PromptSource, SampledBatch, SamplerContext } from '../../contracts/index.js';
import { isDapoError } from '../../errors/dapo-error.js';
import { Random } from '../../random/random.js';
import { fixtureGroup, fixtureResponse } from '../fixtures.js';
import { Endless, endless } from '../testing-errors.js';
import { difference, show } from './compare.js';
import { findFirst, type ContractSuite, type Finding } from './contract-check.js';
import { standInConfig, standInPrompts } from './stand-ins.js';
import type { Subject } from './subject.js';

type OfSampler = Subject<'sampler'>;
const { prompts: TARGET, groupSize: GROUP_SIZE } = standInConfig.rollout;

/** After so many prompts, or requests for prompts, a sampler is taken to have no end. */
const PATIENCE = 2000;

/** Which groups the filters of the world keep. */
type Keeps = (prompt: Prompt, step: number) => boolean;
const all: Keeps = () => true;
const none: Keeps = () => false;
const half: Keeps = ({ id, visit }, step) => new Random(3).key('keeps', id, visit, step).uniform(0) < 0.5;

/** A rollout that costs nothing: groups of the given prompts, some of them dropped. */
function worldOf(
  keeps: Keeps,
  step = 0,
  prompts: PromptSource = standInPrompts(),
): SamplerContext & { readonly tried: readonly Prompt[] } {
  const tried: Prompt[] = [];
  return {
    target: TARGET,
    groupSize: GROUP_SIZE,
    step,
    prompts,
    tried,
    rollout: async (given) => {
      tried.push(...given);
      if (tried.length > PATIENCE) throw endless(`${PATIENCE} prompts`);
      return given.map((prompt) => groupOf(prompt, keeps(prompt, step)));
    },
  };
}

function groupOf(prompt: Prompt, kept: boolean): Group {
  const responses = Array.from({ length: GROUP_SIZE }, (_, i) => {
    const correct = kept && i % 2 === 0;
    return fixtureResponse({
      length: 2 + (i % 3),
      correct,
      score: correct ? 1 : -1,
      reward: correct ? 1 : -1,
    });
  });
  return fixtureGroup(responses, { prompt, ...(kept ? {} : { verdict: 'drop', reason: 'all wrong' }) });
}

/** A source that has so many prompts left and gives no more. */
function dryPrompts(left: number): PromptSource {
  const source = standInPrompts();
  let requests = 0;
  return {
    size: source.size,
    fingerprint: source.fingerprint,
    take: (n) => source.take(n),
    async next(n) {
      requests += 1;
      if (requests > PATIENCE) throw endless(`prompts ${PATIENCE} times`);
      const given = Math.min(n, left);
      left -= given;
      return source.next(given);
    },
  };
}

export const samplerContract: ContractSuite<'sampler'> = {
  methods: ['next'],
  async use(sampler, _, turn) {
    const { groups, surplus, exhausted } = await sampler.next(worldOf(half, turn));
    return {
      groups: groups.map(({ prompt: { id, visit }, responses }) => ({
        id,
        visit,
        responses: responses.length,
      })),
      surplus,
      exhausted,
    };
  },
  checks: [
    { name: 'gives a batch', find: (subject) => findNoBatch(subject), decides: true },
    { name: 'fills the batch and no more', find: (subject) => findOverflow(subject) },
    { name: 'counts what it has no room for', find: (subject) => findHiddenSurplus(subject) },
    { name: 'trains on kept groups only', find: (subject) => findDropped(subject) },
    { name: 'gives groups in the order of their prompts', find: (subject) => findDisorder(subject) },
    {
      name: 'comes to an end where nothing is kept',
      find: (subject) => findEndless(subject, worldOf(none), 'every group is dropped'),
    },
    {
      name: 'comes to an end where the prompts run dry',
      find: (subject) =>
        findFirst([0, 3], (left) =>
          findEndless(subject, worldOf(all, 0, dryPrompts(left)), `the source has ${left} prompts left`),
        ),
    },
  ],
};

async function findNoBatch(subject: OfSampler): Promise<Finding> {
  const batch = (await (await subject.create()).next(worldOf(all))) as Partial<SampledBatch> | undefined;
  if (!Array.isArray(batch?.groups)) return `its next gives ${show(batch)}: give { groups, surplus }`;
  if (batch.groups.length === 0)
    return 'it trains on nothing where every group is kept: give the groups that rollout(prompts) returns';
  return typeof batch.surplus === 'number' && batch.surplus >= 0
    ? undefined
    : `its surplus is ${show(batch.surplus)}: count the kept groups that found no room`;
}

async function findOverflow(subject: OfSampler): Promise<Finding> {
  const sampler = await subject.create();
  for (let step = 0; step < 4; step++) {
    const { groups, exhausted } = await sampler.next(worldOf(step === 2 ? half : all, step));
    if (groups.length > TARGET)
      return (
        `it gives ${groups.length} groups for a batch of ${TARGET}: keep to context.target, and ` +
        'count the rest as surplus'
      );
    if (groups.length < TARGET && !exhausted)
      return `it gives ${groups.length} groups of ${TARGET} and does not say why: give exhausted, a few words`;
    if (new Set(groups).size < groups.length) return 'it gives one group twice in a batch: a group counts once';
  }
  return undefined;
}

/** At the first step nothing was carried from before: what was kept is in the batch or in the surplus. */
async function findHiddenSurplus(subject: OfSampler): Promise<Finding> {
  const kept: Group[] = [];
  const world = worldOf(half);
  const rollout: SamplerContext['rollout'] = async (prompts) => {
    const groups = await world.rollout(prompts);
    kept.push(...groups.filter(({ verdict }) => verdict === 'keep'));
    return groups;
  };
  const { groups, surplus } = await (await subject.create()).next({ ...world, rollout });
  const left = kept.filter((group) => !groups.includes(group)).length;
  return surplus === left
    ? undefined
    : `${left} kept groups found no room, and its surplus is ${surplus}: nothing disappears silently`;
}

async function findDropped(subject: OfSampler): Promise<Finding> {
  const { groups } = await (await subject.create()).next(worldOf(half));
  const dropped = groups.find(({ verdict }) => verdict === 'drop');
  return (
    dropped &&
    `it trains on a group that a filter has dropped (${show(dropped.reason)}): take those with verdict 'keep'`
  );
}

async function findDisorder(subject: OfSampler): Promise<Finding> {
  const world = worldOf(half);
  const { groups } = await (await subject.create()).next(world);
  const places = groups.map(({ prompt }) => world.tried.indexOf(prompt));
  const found = difference(
    [...places].sort((a, b) => a - b),
    places,
  );
  return (
    found &&
    'it gives groups in another order than it tried their prompts in: two runs with one seed would ' +
      'differ as soon as their rollouts take other times'
  );
}

async function findEndless(subject: OfSampler, world: SamplerContext, situation: string): Promise<Finding> {
  try {
    const { groups, exhausted } = await (await subject.create()).next(world);
    if (groups.length >= TARGET || exhausted) return undefined;
    return (
      `where ${situation} it gives ${groups.length} groups of ${TARGET} and does not say why: give ` +
      'exhausted, a few words'
    );
  } catch (error) {
    if (error instanceof Endless)
      return `where ${situation} it asks for more and more: give up after some rounds, and say so in exhausted`;
    if (isDapoError(error)) return undefined;
    throw error;
  }
}
