import { beforeAll, describe, expect, test } from 'vitest';
import { tf, type Optimizer, type Policy, type PolicyBatch, type Signal, type State } from '@dapo/core';
import { expectAllclose, startOfRun, tabularPolicy } from '@dapo/core/testing';
import { batchOf, drawPrompts, startWasm, tinyPolicy } from '../../../../test/fixtures/tiny-policy.js';
import reference from './reference.js';

const prompts = drawPrompts([3, 5]);
const batch: PolicyBatch = batchOf(
  prompts,
  2,
  [[1, 2, 0], [2], [0, 3], [3, 3, 1]].map((tokens) => ({ tokens: Int32Array.from(tokens) })),
);
const ages: number[] = [];

beforeAll(startWasm);

const makers: Readonly<Record<string, () => Promise<Policy>>> = {
  tabular: async () => {
    const chosen = tabularPolicy.options!.parse({ vocabularySize: 6, length: 4, logits: [0, 1, 2, 0, 0.5, -1] });
    return tabularPolicy.create(chosen, {} as never);
  },
  transformer: () => tinyPolicy(),
};

/** Makes every weight a quarter larger, whatever the gradient is. */
const optimizer: Optimizer = {
  learningRate: 1,
  settings: {},
  apply: ({ parameters }) => {
    for (const variable of Object.values(parameters)) {
      tf.tidy(() => variable.assign(tf.add(variable, tf.mul(variable, 0.25))));
    }
  },
};

async function update(policy: Policy): Promise<void> {
  const objective = {
    temperature: 1,
    needsEntropy: false,
    evaluate: ({ logProbs }: { readonly logProbs: tf.Tensor2D }) => ({
      total: tf.sum<tf.Scalar>(logProbs),
      scalars: {},
    }),
  };
  await policy.accumulate(batch, objective, { microBatch: 'auto' });
  await policy.step({ optimizer, learningRate: 1, gradientNorm: 1 });
}

function signalOf(policy: Policy, options: object = {}): Signal {
  const metrics = { record: (_: string, value: number) => void ages.push(value) };
  return reference.create(reference.options!.parse(options), { policy, metrics }) as Signal;
}

const compute = async (signal: Signal): Promise<Float32Array> =>
  (await signal.compute(batch, { temperature: 0.9 })).values;
const current = async (policy: Policy): Promise<Float32Array> =>
  (await policy.logProbs(batch, { temperature: 0.9 })).logProbs;
const after = (rolloutStep: number): typeof startOfRun => ({ ...startOfRun, rolloutStep });

describe.each(Object.entries(makers))('of the %s policy', (_, make) => {
  test('the reference stays as the policy was at the first rollout, and its age grows', async () => {
    ages.length = 0;
    const policy = await make();
    const signal = signalOf(policy);
    const atFirst = await current(policy);
    expect(await compute(signal)).toEqual(atFirst);
    await update(policy);
    await signal.refresh!(after(1));
    expect(await compute(signal)).toEqual(atFirst);
    expect(await current(policy)).not.toEqual(atFirst);
    expect(ages).toEqual([0, 1]);
    await signal.dispose!();
    await policy.dispose!();
  });

  test('every second step it takes the current weights in', async () => {
    const policy = await make();
    const signal = signalOf(policy, { every: 2 });
    const atFirst = await compute(signal);
    await update(policy);
    await signal.refresh!(after(1));
    expect(await compute(signal)).toEqual(atFirst);
    await signal.refresh!(after(2));
    expect(await compute(signal)).toEqual(await current(policy));
    await signal.dispose!();
    await policy.dispose!();
  });

  test('a mix lies between the old reference and the current weights', async () => {
    const [policy, halfway] = [await make(), await make()];
    const [signal, expected] = [signalOf(policy, { every: 1, mix: 0.5 }), signalOf(halfway)];
    await compute(signal);
    await update(policy);
    await signal.refresh!(after(1));
    const { tensors } = await expected.state!();
    // One update makes 1.25 of every weight: halfway to it is 1.125.
    const scaled = Object.entries(tensors!).map(([name, { shape, values }]) => [
      name,
      { shape, values: values.map((v) => v * 1.125) },
    ]);
    await expected.restore!({ json: { version: 1 }, tensors: Object.fromEntries(scaled) as State['tensors'] });
    await expectAllclose(await compute(signal), await compute(expected));
    for (const part of [signal, expected, policy, halfway]) await part.dispose!();
  });

  test('a run that goes on has the reference it had, not the weights it went on from', async () => {
    const policy = await make();
    const signal = signalOf(policy);
    const atFirst = await compute(signal);
    await update(policy);
    const { json, tensors } = await signal.state!();
    const resumed = signalOf(policy);
    await resumed.restore!({ json: JSON.parse(JSON.stringify(json)), tensors });
    expect(await compute(resumed)).toEqual(atFirst);
    for (const part of [signal, resumed, policy]) await part.dispose!();
  });

  test('no tensor is left behind', async () => {
    const before = tf.memory().numTensors;
    const policy = await make();
    const signal = signalOf(policy, { every: 1, mix: 0.3 });
    for (let step = 1; step < 4; step++) {
      await compute(signal);
      await update(policy);
      await signal.refresh!(after(step));
      await signal.restore!(await signal.state!());
    }
    await signal.dispose!();
    await policy.dispose!();
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('a mix without a refresh is remarked upon', () => {
  const remarks = (options: object): number =>
    reference.check!(reference.options!.parse(options), {} as never, new Map()).length;
  expect([{}, { mix: 0.5 }, { mix: 0.5, every: 4 }].map(remarks)).toEqual([0, 1, 0]);
});
