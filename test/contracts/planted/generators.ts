import { tokens, type GenerateRequest, type Group, type Policy } from '@dapo/core';
import plainGenerator from '../../../packages/plugins/src/generators/policy.js';
import { altered, defectsOf } from './planted.js';

const inject = { policy: tokens.policy, tokenizer: tokens.tokenizer, random: tokens.random };
const generator = defectsOf('generator', { inject });

type Generated = (groups: Group[], request: GenerateRequest) => Group[];

/** The shipped generator, and what it gives changed. */
const generating =
  (change: Generated, ask: (request: GenerateRequest) => GenerateRequest = (request) => request) =>
  (_: object, deps: object) => {
    const plain = plainGenerator.create({}, deps as never) as Awaited<ReturnType<typeof plainGenerator.create>>;
    return {
      generate: async (request: GenerateRequest) => change(await plain.generate(ask(request)), request),
      update: (of: Policy) => plain.update(of),
    };
  };
const eachResponse =
  (change: (response: Group['responses'][number]) => Partial<Group['responses'][number]>): Generated =>
  (groups) =>
    groups.map((group) => ({
      ...group,
      responses: group.responses.map((response) => ({ ...response, ...change(response) })),
    }));

export const plantedGenerators = [
  generator(
    'gives a group for each prompt',
    'its groups are not those of the prompts in their order',
    generating((groups) => [...groups].reverse()),
  ),
  generator(
    'gives a group for each prompt',
    'it gives 1 responses for a group of 4',
    generating((groups) => groups.map((group) => ({ ...group, responses: group.responses.slice(0, 1) }))),
  ),
  generator(
    'gives whole responses',
    'a fresh group has the verdict "keep" and the round 0: give \'keep\' and the round of the request',
    generating((groups) => groups.map((group) => ({ ...group, round: 0 }))),
  ),
  generator(
    'gives whole responses',
    'marks of what was sampled',
    generating(eachResponse(({ sampled }) => ({ sampled: sampled.slice(1) }))),
  ),
  generator(
    'gives whole responses',
    'has finish "length": \'stop\' is for the end token',
    generating(eachResponse(() => ({ finish: 'length' }))),
  ),
  generator(
    'gives whole responses',
    'the text of a response is',
    generating(eachResponse(({ text }) => ({ text: `${text}.` }))),
  ),
  generator(
    'gives log-probs of the policy at the temperature',
    'its log-probs are not those of the policy at temperature 0.7',
    generating((groups, { sampling }) =>
      eachResponse(({ behaviourLogProbs }) => ({
        behaviourLogProbs: behaviourLogProbs.map((value) => value * sampling.temperature),
      }))(groups, undefined as never),
    ),
  ),
  generator(
    'draws the same in any company',
    'a prompt has other responses in another batch',
    (_, { policy: of, tokenizer: letters, random }) => {
      let drawn = 0;
      const stream = random.key('stream');
      const key = (): never => ({ uniform: () => stream.uniform(drawn++) }) as never;
      const deps = {
        policy: altered(of, { generate: (request) => of.generate({ ...request, key }) }),
        tokenizer: letters,
        random,
      };
      return plainGenerator.create({}, deps as never) as never;
    },
    { also: ['draws anew for each step and purpose', 'goes on from its saved state'] },
  ),
  generator(
    'draws anew for each step and purpose',
    'it draws the same responses for another step',
    generating(
      (groups) => groups,
      (request) => ({ ...request, step: 0 }),
    ),
  ),
  generator(
    'draws anew for each step and purpose',
    'it draws the same responses for another purpose',
    generating(
      (groups) => groups,
      (request) => ({ ...request, purpose: 'rollout' }),
    ),
  ),
  generator(
    'samples from updated weights',
    'after an update its responses name version 0 of the weights instead of 1',
    generating(eachResponse(() => ({ policyVersion: 0 }))),
  ),
];
