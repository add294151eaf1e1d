import { tf } from '@dapo/core';
import { describeContract, instantiate } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import plugin from './my-optimizer.js';

// What every plugin of this kind must hold to: shapes, masks, order, gradients, edge cases, leaks, state.
describeContract(plugin);

test('two steps, by hand; a restored optimizer takes the same second one', async () => {
  const gradient = tf.tensor1d([1, -2]);
  const inputs = (p: tf.Variable) => ({
    parameters: { p },
    gradients: { p: gradient },
    learningRate: 0.5,
    gradientNorm: 1,
  });
  const [first, second] = [await instantiate(plugin, { momentum: 0.5 }), await instantiate(plugin, { momentum: 0.5 })];
  const p = tf.variable(tf.tensor1d([0, 0]));
  first.apply(inputs(p));
  expect([...(await p.data())]).toEqual([-0.5, 1]);
  const copy = tf.variable(tf.clone(p));
  await second.restore!(await first.state!());
  first.apply(inputs(p));
  second.apply(inputs(copy));
  expect([...(await p.data())]).toEqual([-1.25, 2.5]);
  expect([...(await copy.data())]).toEqual([-1.25, 2.5]);
  await first.dispose?.();
  await second.dispose?.();
});
