import fc from 'fast-check';
import { test } from 'vitest';
import { expectAllclose } from '../testing/allclose.js';
import { backwardRecurrence, discountedReturns } from './discounted-sum.js';
import { tf } from './tf.js';

/** The recurrence as it is written, one token after another. */
function byLoop(factors: readonly number[], terms: readonly number[]): number[] {
  const out = [...terms];
  for (let t = out.length - 2; t >= 0; t--) out[t] = terms[t]! + factors[t]! * out[t + 1]!;
  return out;
}

test('doubling the reach gives what a loop over tokens gives', async () => {
  const pair = fc.record({
    a: fc.double({ min: 0, max: 1, noNaN: true }),
    b: fc.double({ min: -2, max: 2, noNaN: true }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(pair, { minLength: 1, maxLength: 37 }), async (row) => {
      const [a, b] = [row.map((p) => p.a), row.map((p) => p.b)];
      const result = tf.tidy(() => backwardRecurrence(tf.tensor2d([a]), tf.tensor2d([b])));
      await expectAllclose(result, byLoop(a, b), { relative: 1e-5, absolute: 1e-6 });
      result.dispose();
    }),
    { numRuns: 30 },
  );
});

test('a return passes over tokens that the policy did not choose, without a discount', async () => {
  const returns = discountedReturns(tf.tensor2d([[0, 5, 1, 4]]), tf.tensor2d([[1, 0, 1, 0]]), 0.5);
  await expectAllclose(returns, [[0.5, 1, 1, 0]]);
});
