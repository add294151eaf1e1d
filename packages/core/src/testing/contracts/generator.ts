import type { GenerateRequest, Generator, Group, Policy, Response } from '../../contracts/index.js';
import { close, difference, show } from './compare.js';
import { findFirst, type ContractSuite, type Finding } from './contract-check.js';
import { trainOnce } from './policy-training.js';
import { promptsOf, standInConfig } from './stand-ins.js';
import type { Made, Subject } from './subject.js';

type OfGenerator = Subject<'generator'>;
const { maxResponseLength } = standInConfig.rollout;

async function requestOf(given: Partial<GenerateRequest> = {}): Promise<GenerateRequest> {
  const sampling = { maxResponseLength, temperature: 1, topP: 1, topK: 0 };
  return {
    prompts: await promptsOf(3),
    groupSize: 4,
    sampling,
    purpose: 'rollout',
    step: 0,
    round: 0,
    ...given,
  };
}

const drawnOf = (groups: readonly Group[]): unknown =>
  groups.map(({ prompt, responses }) => ({
    id: prompt.id,
    drawn: responses.map(({ tokens, behaviourLogProbs, finish }) => ({ tokens, behaviourLogProbs, finish })),
  }));

const generate = async (subject: OfGenerator, given: Partial<GenerateRequest> = {}): Promise<Group[]> =>
  (await subject.create()).generate(await requestOf(given));

export const generatorContract: ContractSuite<'generator'> = {
  methods: ['generate', 'update'],
  use: async (generator, _, turn) => drawnOf(await generator.generate(await requestOf({ step: turn }))),
  checks: [
    { name: 'gives a group for each prompt', find: (subject) => findWrongGroups(subject), decides: true },
    { name: 'gives whole responses', find: (subject) => findBrokenResponses(subject) },
    {
      name: 'gives log-probs of the policy at the temperature',
      find: (subject) => findWrongLogProbs(subject),
    },
    { name: 'draws the same in any company', find: (subject) => findCompany(subject) },
    { name: 'draws anew for each step and purpose', find: (subject) => findRepetition(subject) },
    { name: 'samples from updated weights', find: (subject) => findStaleness(subject) },
  ],
};

async function findWrongGroups(subject: OfGenerator): Promise<Finding> {
  const nothing = await generate(subject, { prompts: [] });
  if (!Array.isArray(nothing) || nothing.length > 0)
    return `it gives ${show(nothing)} for no prompt: give an empty list`;
  return findFirst([1, 4], async (groupSize) => {
    const { prompts } = await requestOf();
    const groups = await generate(subject, { groupSize });
    const ids = groups.map(({ prompt }) => prompt.id);
    const wrong = difference(
      prompts.map(({ id }) => id),
      ids,
    );
    if (wrong) return `its groups are not those of the prompts in their order: ${wrong}`;
    const short = groups.find(({ responses }) => responses.length !== groupSize);
    return short && `it gives ${short.responses.length} responses for a group of ${groupSize}`;
  });
}

async function findBrokenResponses(subject: OfGenerator): Promise<Finding> {
  const { instance, standIns, deps } = await subject.make();
  const tokenizer = (deps['tokenizer'] as typeof standIns.tokenizer | undefined) ?? standIns.tokenizer;
  const groups = await instance.generate(await requestOf({ round: 2 }));
  for (const group of groups) {
    if (group.verdict !== 'keep' || group.round !== 2)
      return (
        `a fresh group has the verdict ${show(group.verdict)} and the round ${show(group.round)}: ` +
        `give 'keep' and the round of the request`
      );
    if (group.promptTokens.length === 0) return 'a group has no promptTokens: the policy computes on them';
    for (const response of group.responses) {
      const found = findBrokenResponse(response, tokenizer.endToken);
      if (found) return found;
      const text = tokenizer.decode(response.tokens);
      if (response.text !== text)
        return (
          `the text of a response is ${show(response.text)}, its tokens say ${show(text)}: decode ` +
          'the tokens, the end token left out'
        );
    }
  }
  return undefined;
}

function findBrokenResponse(
  { tokens, sampled, behaviourLogProbs, finish, score, verdict }: Response,
  endToken: number,
): Finding {
  if (sampled.length !== tokens.length || behaviourLogProbs.length !== tokens.length) {
    return (
      `a response of ${tokens.length} tokens has ${sampled.length} marks of what was sampled and ` +
      `${behaviourLogProbs.length} log-probs: one for each token`
    );
  }
  const chosen = sampled.reduce((sum, one) => sum + one, 0);
  if (chosen > maxResponseLength)
    return (
      `the policy chose ${chosen} tokens, more than the ${maxResponseLength} that were asked for: ` +
      'the end token counts'
    );
  if (behaviourLogProbs.some((value) => !(value <= 1e-6) || value === -Infinity))
    return 'a log-prob is above 0, infinite or NaN: log π of the token, over the full vocabulary';
  const ended = tokens.at(-1) === endToken;
  if (ended !== (finish === 'stop') && finish !== 'aborted')
    return (
      `a response ${ended ? 'ends' : 'does not end'} with the end token and has finish ` +
      `${show(finish)}: 'stop' is for the end token, 'length' for the limit`
    );
  if (score !== null || verdict !== 'keep')
    return (
      `a response has the score ${show(score)} and the verdict ${show(verdict)} before anything has ` +
      `looked at it: give null and 'keep'`
    );
  return undefined;
}

async function findWrongLogProbs(subject: OfGenerator): Promise<Finding> {
  return findFirst([1, 0.7], async (temperature) => {
    const made = await subject.make();
    const policy = policyOf(made);
    if (!policy) return undefined;
    const { sampling, ...request } = await requestOf();
    const [group] = await made.instance.generate({ ...request, sampling: { ...sampling, temperature } });
    const { responses, promptTokens } = group!;
    const batch = { prompts: [promptTokens], responses, promptOf: new Int32Array(responses.length) };
    const { width, logProbs } = await policy.logProbs(batch, { temperature });
    const far = responses.some(({ behaviourLogProbs, sampled }, r) =>
      behaviourLogProbs.some((value, t) => sampled[t] === 1 && !close(value, logProbs[r * width + t]!, 1e-4)),
    );
    return far
      ? `its log-probs are not those of the policy at temperature ${temperature}: the first ratio ` +
          'would not be 1. Divide the logits by it and normalise over the full vocabulary'
      : undefined;
  });
}

/** The policy that it samples from, where that is in this process. */
function policyOf({ deps }: Made<'generator'>): Policy | undefined {
  return deps['policy'] as Policy | undefined;
}

async function findCompany(subject: OfGenerator): Promise<Finding> {
  const prompts = await promptsOf(3);
  const [together, turned] = [
    await generate(subject),
    (await generate(subject, { prompts: [...prompts].reverse() })).reverse(),
  ];
  const found =
    difference(drawnOf(together), drawnOf(turned)) ??
    difference(drawnOf([together[1]!]), drawnOf(await generate(subject, { prompts: [prompts[1]!] })));
  return (
    found &&
    `a prompt has other responses in another batch: ${found}. Draw by a key of purpose, step, prompt ` +
      'id, visit and response, never the next number of a stream'
  );
}

async function findRepetition(subject: OfGenerator): Promise<Finding> {
  const first = drawnOf(await generate(subject));
  for (const [what, other] of [
    ['step', { step: 1 }],
    ['purpose', { purpose: 'evaluation' }],
  ] as const) {
    if (difference(first, drawnOf(await generate(subject, other))) === undefined) {
      return (
        `it draws the same responses for another ${what}: put the ${what} of the request into the ` +
        'key of its random numbers'
      );
    }
  }
  return undefined;
}

async function findStaleness(subject: OfGenerator): Promise<Finding> {
  const made = await subject.make();
  const policy = policyOf(made);
  if (!policy) return undefined;
  const request = await requestOf();
  const before = await versionOf(made.instance, request);
  const version = await trainOnce(policy);
  await made.instance.update(policy);
  const after = await versionOf(made.instance, request);
  if (after === version) return undefined;
  return (
    `after an update its responses name version ${show(after)} of the weights instead of ${version} ` +
    `(before it ${show(before)}): publish the policy in update, and name what it gives`
  );
}

async function versionOf(generator: Generator, request: GenerateRequest): Promise<number> {
  return (await generator.generate(request))[0]!.responses[0]!.policyVersion;
}
