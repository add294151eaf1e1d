import {
  Random,
  tf,
  tokens,
  type GenerateRequest,
  type Group,
  type LogProbs,
  type Optimizer,
  type Policy,
  type PolicyTraits,
  type Tokenizer,
} from '@dapo/core';
import { lettersTokenizer, tabularPolicy } from '@dapo/core/testing';
import plainGenerator from '../../../packages/plugins/src/generators/policy.js';
import { altered, defectsOf } from './planted.js';

const inject = { policy: tokens.policy, tokenizer: tokens.tokenizer, random: tokens.random };
const generator = defectsOf('generator', { inject });
const policy = defectsOf('policy', { options: tabularPolicy.options! });
const tokenizer = defectsOf('tokenizer');
const optimizer = defectsOf('optimizer');

type Generated = (groups: Group[], request: GenerateRequest) => Group[];

/** The shipped generator, and what it gives changed. */
const generating =
  (change: Generated, ask: (request: GenerateRequest) => GenerateRequest = (request) => request) =>
  (_: object, deps: object) => {
    const plain = plainGenerator.create({}, deps as never) as Awaited<
      ReturnType<typeof plainGenerator.create>
    >;
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

const plantedGenerators = [
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

/** The policy of one table, some of its functions others. */
const tabular = (change: (of: Policy) => Partial<Policy>) => (options: Readonly<Record<string, unknown>>) => {
  const plain = tabularPolicy.create(tabularPolicy.options!.parse(options), {} as never) as Policy;
  return altered(plain, change(plain));
};
const withTraits = (traits: Partial<PolicyTraits>) =>
  tabular((plain) => ({ traits: { ...plain.traits, ...traits } }));
const mapped = ({ logProbs, ...rest }: LogProbs, change: (value: number, i: number) => number): LogProbs => ({
  ...rest,
  logProbs: logProbs.map(change),
});
const scaled = (factor: number) =>
  tabular((plain) => ({
    accumulate: (batch, objective, options) =>
      plain.accumulate(
        batch,
        {
          ...objective,
          evaluate: (inputs) => {
            const outputs = objective.evaluate(inputs);
            return { ...outputs, total: tf.mul(outputs.total, inputs.rows.length === 4 ? 1 : factor) };
          },
        },
        options,
      ),
  }));

const plantedPolicies = [
  policy(
    'declares its traits',
    'its trait «snapshots» is "cold"',
    withTraits({ snapshots: 'cold' as never }),
  ),
  policy(
    'draws what it is asked for',
    'it goes on after the end token',
    tabular((plain) => ({ generate: (request) => plain.generate({ ...request, endToken: -1 }) })),
  ),
  policy(
    'draws the same in any company',
    'a prompt has other responses when it comes alone',
    tabular((plain) => ({
      generate: (request) =>
        plain.generate({ ...request, key: (p, r) => new Random(request.prompts.length).key('x', p, r) }),
    })),
  ),
  policy(
    'draws the likeliest token at temperature 0',
    'at temperature 0 the responses to one prompt differ',
    tabular((plain) => ({
      generate: (request) =>
        plain.generate({
          ...request,
          sampling: { ...request.sampling, temperature: request.sampling.temperature || 1 },
        }),
    })),
  ),
  policy(
    'gives the log-probs that it drew with',
    'logProbs gives something else than generate drew with',
    tabular((plain) => ({
      generate: (request) =>
        plain.generate({
          ...request,
          sampling: { ...request.sampling, temperature: request.sampling.temperature && 1 },
        }),
    })),
    { settings: { options: { logits: [1, 0, -1, 0.5] } } },
  ),
  policy(
    'gives log-probs of each token, and 0 beyond a response',
    'beyond the end of a response: put 0 there',
    tabular((plain) => ({
      logProbs: async (batch, options) =>
        mapped(await plain.logProbs(batch, options), (value) => value || -1),
    })),
  ),
  policy(
    'gives log-probs of the whole vocabulary',
    'the probabilities of all tokens add up to',
    tabular((plain) => ({
      logProbs: async (batch, options) =>
        mapped(await plain.logProbs(batch, options), (value) => 0.5 * value),
    })),
    { also: ['gives the log-probs that it drew with', 'gives entropies where it says so'] },
  ),
  policy(
    'gives log-probs of the whole vocabulary',
    'its log-probs do not follow the temperature',
    tabular((plain) => ({
      logProbs: (batch, options) => plain.logProbs(batch, { ...options, temperature: 0.8 }),
    })),
    { settings: { options: { logits: [1, 0, -1, 0.5] } } },
  ),
  policy(
    'gives a response the same log-probs in any company',
    'a response has other log-probs in another batch',
    tabular((plain) => ({
      logProbs: (batch, options) =>
        plain.logProbs({ ...batch, prompts: [...batch.prompts].reverse() }, options),
    })),
  ),
  policy(
    'bears responses without a token',
    'an empty response changes the log-probs of others',
    tabular((plain) => ({
      logProbs: async (batch, options) =>
        mapped(await plain.logProbs(batch, options), (value) =>
          batch.responses.some(({ tokens: ids }) => ids.length === 0) ? 2 * value : value,
        ),
    })),
  ),
  policy(
    'gives entropies where it says so',
    'it gives an entropy of',
    tabular((plain) => ({
      logProbs: async (batch, options) => {
        const outputs = await plain.logProbs(batch, options);
        return { ...outputs, entropy: outputs.entropy!.map((value) => value / Math.LN2) };
      },
    })),
  ),
  policy(
    'adds gradients up, and forgets them',
    'accumulating twice gives a gradient of norm',
    tabular((plain) => ({
      accumulate: async (batch, objective, options) => {
        await plain.discard();
        return plain.accumulate(batch, objective, options);
      },
    })),
  ),
  policy(
    'adds gradients up, and forgets them',
    'after discard a gradient of norm',
    tabular(() => ({ discard: async () => undefined })),
    {
      also: [
        'has the same gradient in micro-batches of any size',
        'learns from responses without a token nothing',
      ],
    },
  ),
  policy(
    'has the same gradient in micro-batches of any size',
    'in micro-batches of 1 the objective comes to something else',
    scaled(0.25),
    { also: ['learns from responses without a token nothing'] },
  ),
  policy(
    'has the gradient of its objective',
    'nothing on the way from weights to logProbs may stop or scale it',
    tabular((plain) => ({
      step: ({ optimizer: inner, ...request }) => {
        const apply: Optimizer['apply'] = ({ gradients, ...inputs }) =>
          inner.apply({
            ...inputs,
            gradients: Object.fromEntries(Object.entries(gradients).map(([name, g]) => [name, tf.mul(g, 2)])),
          });
        return plain.step({ ...request, optimizer: { ...inner, apply } });
      },
    })),
  ),
  policy(
    'learns from responses without a token nothing',
    "an empty response makes the gradient's norm",
    tabular((plain) => ({
      accumulate: async (batch, objective, options) => {
        const empty = batch.responses.some(({ tokens: ids }) => ids.length === 0);
        return plain.accumulate(
          batch,
          {
            ...objective,
            evaluate: (inputs) => {
              const outputs = objective.evaluate(inputs);
              return empty ? { ...outputs, total: tf.mul(outputs.total, 0.5) } : outputs;
            },
          },
          options,
        );
      },
    })),
  ),
  policy(
    'takes a step',
    'a version is the number of optimizer steps taken',
    tabular((plain) => ({
      step: async (request) => ({ ...(await plain.step(request)), version: 7 }),
    })),
    { also: ['publishes its weights'] },
  ),
  policy(
    'takes a step',
    'the optimizer is handed the gradient of the objective, which falls',
    tabular((plain) => ({
      step: ({ optimizer: inner, ...request }) =>
        plain.step({
          ...request,
          optimizer: {
            ...inner,
            apply: (inputs) => inner.apply({ ...inputs, learningRate: -inputs.learningRate }),
          },
        }),
    })),
  ),
  policy(
    'publishes its weights',
    'the version of published weights is the optimizer step',
    tabular((plain) => ({
      publish: async (options) => altered(await plain.publish(options), { version: 3 }),
    })),
    { also: ['takes a step', 'keeps frozen weights where it says so'] },
  ),
  policy(
    'keeps frozen weights where it says so',
    'frozen weights change with a later step',
    tabular((plain) => ({
      logProbs: (batch, { version, ...options }) =>
        version?.version === 99
          ? plain.logProbs(batch, { ...options, version })
          : plain.logProbs(batch, options),
    })),
  ),
  policy(
    'keeps frozen weights where it says so',
    'its frozen weights can not be saved',
    tabular(() => ({ reopen: undefined as never })),
  ),
  policy(
    'can be opened from what it has saved',
    'and restored from its state, it has other log-probs',
    tabular((plain) => ({
      restore: ({ json }) =>
        plain.restore!({ json, tensors: { table: { shape: [4, 8, 4], values: new Float32Array(128) } } }),
    })),
    { also: ['goes on from its saved state'] },
  ),
];

const letters = (change: (of: Tokenizer) => Partial<Tokenizer>) => () => {
  const plain = lettersTokenizer.create({ vocabularySize: 6 }, {}) as Tokenizer;
  const bounded = (text: string): Int32Array => plain.encode(text.replaceAll(/[^a-e]/g, ''));
  const sound = altered(plain, { encode: bounded, encodePrompt: ({ input }) => bounded(String(input)) });
  return altered(sound, change(sound));
};

const plantedTokenizers = [
  tokenizer(
    'has a vocabulary and an end',
    'its endToken is 6, which is no id of a vocabulary of 6',
    letters(() => ({ endToken: 6 })),
  ),
  tokenizer(
    'reads what it writes',
    'encoded and decoded is "ABCDE"',
    letters((plain) => ({
      decode: (ids) =>
        ids.length === 5 && ids[0] === 0 && !Array.isArray(ids)
          ? plain.decode(ids).toUpperCase()
          : plain.decode(ids),
    })),
  ),
  tokenizer(
    'gives ids of its vocabulary',
    'encode adds the end token',
    letters((plain) => ({ encode: (text) => Int32Array.of(...plain.encode(text), 5) })),
  ),
  tokenizer(
    'gives ids of its vocabulary',
    'encodePrompt gives the id 9, outside a vocabulary of 6',
    letters(() => ({ encodePrompt: () => Int32Array.of(9) })),
  ),
  tokenizer(
    'leaves the end out of the text',
    'special tokens are left out of a text',
    letters((plain) => ({
      decode: (ids) => plain.decode(ids) + (Array.from(ids).includes(5) ? '<end>' : ''),
    })),
  ),
  tokenizer(
    'refuses what it cannot express by a named error',
    'it throws a bare error at',
    letters((plain) => ({
      encodePrompt: ({ input }) => {
        if (typeof input !== 'string') throw new TypeError('no messages');
        return plain.encode(input);
      },
    })),
  ),
  tokenizer(
    'writes files that another program reads',
    'its files have',
    letters(() => ({ files: () => ({ 'folder/vocabulary.json': '{}' }) })),
  ),
];

const descent =
  (
    change: Partial<Optimizer>,
    step: (p: tf.Variable, g: tf.Tensor, rate: number) => tf.Tensor = (p, g, rate) =>
      tf.sub(p, tf.mul(g, rate)),
  ) =>
  (): Optimizer => ({
    learningRate: 0.1,
    settings: {},
    apply: ({ parameters, gradients, learningRate }) => {
      for (const [name, gradient] of Object.entries(gradients))
        tf.tidy(() => parameters[name]!.assign(step(parameters[name]!, gradient, learningRate)));
    },
    ...change,
  });

const plantedOptimizers = [
  optimizer('has a learning rate and plain settings', 'its learningRate is 0', descent({ learningRate: 0 }), {
    also: ['goes down the gradient'],
  }),
  optimizer(
    'has a learning rate and plain settings',
    "JSON can't hold its settings",
    descent({ settings: { betas: new Map() as never } }),
  ),
  optimizer(
    'leaves what it is handed alone',
    'it disposes of parameters or gradients',
    () => ({
      ...descent({})(),
      apply: ({ gradients }) => tf.dispose(gradients as Record<string, tf.Tensor>),
    }),
    { also: ['goes down the gradient'] },
  ),
  optimizer(
    'goes down the gradient',
    'ten steps take the parameters from a distance of',
    descent({}, (p, g, rate) => tf.add(p, tf.mul(g, rate))),
  ),
  optimizer(
    'moves nothing at a learning rate of 0',
    'at a learning rate of 0 a parameter moves',
    descent({}, (p, g, rate) => tf.mul(tf.sub(p, tf.mul(g, rate)), 0.999)),
  ),
  optimizer(
    'bears a gradient of 0',
    'a gradient of 0 makes parameters NaN',
    descent({}, (p, g, rate) => tf.sub(p, tf.mul(tf.div(g, tf.sqrt(tf.sum(tf.square(g)))), rate))),
  ),
];

export const plantedInModels = [
  ...plantedGenerators,
  ...plantedPolicies,
  ...plantedTokenizers,
  ...plantedOptimizers,
];
