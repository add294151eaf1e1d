import { tf, type Optimizer, type OptimizerInputs, type State } from '@dapo/core';
import { expectAllclose, instantiate } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import adamw, { clipFactor } from './adamw.js';

const matrix = (): Record<string, tf.Variable> => ({
  'layer/kernel': tf.variable(
    tf.tensor2d([
      [1, -2],
      [0.5, 3],
    ]),
  ),
  'layer/bias': tf.variable(tf.tensor1d([0.1, 0.2])),
});

function apply(optimizer: Optimizer, parameters: OptimizerInputs['parameters'], scale: number, gradientNorm = 0): void {
  const kernel = [
    [1, 2],
    [-3, 4],
  ].map((row) => row.map((value) => value * scale));
  const gradients = { 'layer/kernel': tf.tensor2d(kernel), 'layer/bias': tf.tensor1d([1, -1]) };
  optimizer.apply({ parameters, gradients, learningRate: optimizer.learningRate, gradientNorm });
  tf.dispose(gradients);
}

test('the first step is the learning rate long, whatever the size of the gradient', async () => {
  const parameters = matrix();
  apply(await instantiate(adamw, { learningRate: 0.1 }), parameters, 100);
  await expectAllclose(parameters['layer/kernel']!, [
    [0.9, -2.1],
    [0.6, 2.9],
  ]);
});

test('eps is added to the root after its bias correction', async () => {
  const parameters = matrix();
  apply(await instantiate(adamw, { learningRate: 0.1, eps: 1 }), parameters, 1);
  const expected = [
    [1 - 0.1 / 2, -2 - 0.2 / 3],
    [0.5 + 0.3 / 4, 3 - 0.4 / 5],
  ];
  await expectAllclose(parameters['layer/kernel']!, expected);
});

test('decay is decoupled, and leaves parameters of one dimension alone unless all decay', async () => {
  const zero = { 'layer/kernel': tf.zeros([2, 2]), 'layer/bias': tf.zeros([2]) };
  for (const [decay, bias] of [
    ['matrices', 0.1],
    ['all', 0.095],
  ] as const) {
    const parameters = matrix();
    const optimizer = await instantiate(adamw, { learningRate: 0.1, weightDecay: 0.5, decay });
    optimizer.apply({ parameters, gradients: zero, learningRate: 0.1, gradientNorm: 0 });
    await expectAllclose(parameters['layer/kernel']!, [
      [0.95, -1.9],
      [0.475, 2.85],
    ]);
    expect((await parameters['layer/bias']!.data())[0]).toBeCloseTo(bias, 6);
  }
});

test('gradients are scaled down to the largest norm, never up', () => {
  expect(clipFactor(4, 1)).toBeCloseTo(0.25, 6);
  expect(clipFactor(0.5, 1)).toBe(1);
  expect(clipFactor(4, 0)).toBe(1);
  expect(clipFactor(4, false)).toBe(1);
});

test('restored from its state it goes on bit for bit', async () => {
  const [one, two] = [matrix(), matrix()];
  const optimizer = await instantiate(adamw, { learningRate: 0.1 });
  for (const scale of [1, 2]) apply(optimizer, one, scale, 3);
  const state = JSON.parse(JSON.stringify((await optimizer.state!()).json)) as State['json'];
  const { tensors } = await optimizer.state!();
  for (const [name, parameter] of Object.entries(two)) parameter.assign(one[name]!);
  const resumed = await instantiate(adamw, { learningRate: 0.1 });
  await resumed.restore!({ json: state, tensors });
  apply(optimizer, one, 5, 3);
  apply(resumed, two, 5, 3);
  for (const name of Object.keys(one)) expect(await two[name]!.data()).toEqual(await one[name]!.data());
});

test('moments stand under the names of parameters, and no tensor is left over', async () => {
  const parameters = matrix();
  const optimizer = await instantiate(adamw);
  const before = tf.memory().numTensors;
  apply(optimizer, parameters, 1);
  expect(tf.memory().numTensors).toBe(before + 4);
  apply(optimizer, parameters, 2);
  expect(tf.memory().numTensors).toBe(before + 4);
  expect(Object.keys((await optimizer.state!()).tensors!).sort()).toEqual([
    'first/layer/bias',
    'first/layer/kernel',
    'second/layer/bias',
    'second/layer/kernel',
  ]);
  await optimizer.dispose!();
  expect(tf.memory().numTensors).toBe(before);
});
