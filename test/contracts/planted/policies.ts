import { Random, tf, type LogProbs, type Optimizer, type Policy, type PolicyTraits } from '@dapo/core';
import { tabularPolicy } from '@dapo/core/testing';
import { altered, defectsOf } from './planted.js';

const policy = defectsOf('policy', { options: tabularPolicy.options! });

/** The policy of one table, some of its functions others. */
const tabular = (change: (of: Policy) => Partial<Policy>) => (options: Readonly<Record<string, unknown>>) => {
  const plain = tabularPolicy.create(tabularPolicy.options!.parse(options), {} as never) as Policy;
  return altered(plain, change(plain));
};
const withTraits = (traits: Partial<PolicyTraits>) => tabular((plain) => ({ traits: { ...plain.traits, ...traits } }));
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

export const plantedPolicies = [
  policy('declares its traits', 'its trait «snapshots» is "cold"', withTraits({ snapshots: 'cold' as never })),
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
      logProbs: async (batch, options) => mapped(await plain.logProbs(batch, options), (value) => value || -1),
    })),
  ),
  policy(
    'gives log-probs of the whole vocabulary',
    'the probabilities of all tokens add up to',
    tabular((plain) => ({
      logProbs: async (batch, options) => mapped(await plain.logProbs(batch, options), (value) => 0.5 * value),
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
      logProbs: (batch, options) => plain.logProbs({ ...batch, prompts: [...batch.prompts].reverse() }, options),
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
      also: ['has the same gradient in micro-batches of any size', 'learns from responses without a token nothing'],
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
        version?.version === 99 ? plain.logProbs(batch, { ...options, version }) : plain.logProbs(batch, options),
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
