import { tf } from '@dapo/core';
import { describeContract, instantiate } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import plugin from './my-backend.js';

// What every plugin of this kind must hold to: shapes, masks, order, gradients, edge cases, leaks, state.
describeContract(plugin);

test('it starts, is TensorFlow.js’s current backend then, and multiplies matrices', async () => {
  const backend = await instantiate(plugin);
  expect(await backend.available()).toMatchObject({ ok: true });
  expect(await backend.start()).toMatchObject({ backend: 'cpu' });
  expect(tf.getBackend()).toBe(backend.name);
  const product = tf.tidy(() => tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])));
  expect([...(await product.data())]).toEqual([11]);
});
