import { tf } from '@dapo/core';
import { expectAllclose } from '@dapo/core/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lowVariance } from './k3.js';

test('the estimate is exp(−d) + d − 1', async () => {
  await expectAllclose(lowVariance(tf.tensor2d([[0.5, -2]])), [[Math.exp(-0.5) - 0.5, Math.exp(2) - 3]]);
});

test('it is 0 where the policies agree and never negative', async () => {
  await fc.assert(
    fc.asyncProperty(fc.double({ min: -5, max: 5, noNaN: true }), async (d) => {
      const [value] = await lowVariance(tf.tensor2d([[d]])).data();
      expect(value).toBeGreaterThanOrEqual(d === 0 ? 0 : -1e-6);
    }),
  );
  await expectAllclose(lowVariance(tf.zeros([1, 1])), 0, { absolute: 0 });
});

test('over all tokens its mean is the KL divergence', async () => {
  const [policy, reference] = [
    [0.5, 0.3, 0.2],
    [0.2, 0.2, 0.6],
  ];
  const difference = policy.map((p, i) => Math.log(p / reference[i]!));
  const expected = policy.reduce((sum, p, i) => sum + p * difference[i]!, 0);
  await expectAllclose(tf.sum(tf.mul(lowVariance(tf.tensor2d([difference])), [policy])), expected);
});
