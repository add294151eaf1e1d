import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectAllclose } from '../testing/allclose.js';
import { maskedQuantile, selectTop } from './select-top.js';
import { tf } from './tf.js';

test('exactly so many are chosen, equal ones in their order', async () => {
  await expectAllclose(
    selectTop(
      tf.tensor2d([
        [1, 3],
        [3, 3],
      ]),
      tf.scalar(2),
      0,
    ),
    [
      [0, 1],
      [1, 0],
    ],
  );
});

test('what is below the least is not chosen, even where there is room', async () => {
  await expectAllclose(selectTop(tf.tensor1d([5, -1, 2]), tf.scalar(3), 0), [1, 0, 1]);
});

/** numpy's default: linear interpolation between the neighbours of rank (n − 1) · share. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return low + (high - low) * (place - Math.floor(place));
}

test('a masked quantile is that of the elements inside the mask', async () => {
  const element = fc.record({ value: fc.integer({ min: -50, max: 50 }), here: fc.boolean() });
  const shares = fc.constantFrom(0, 0.2, 0.25, 0.5, 0.8, 1);
  await fc.assert(
    fc.asyncProperty(fc.array(element, { minLength: 1, maxLength: 20 }), shares, async (elements, share) => {
      const mask = elements.map(({ here }, i) => (here || i === 0 ? 1 : 0));
      const inside = elements.filter((_, i) => mask[i]).map(({ value }) => value);
      const result = tf.tidy(() =>
        maskedQuantile(tf.tensor1d(elements.map(({ value }) => value)), tf.tensor1d(mask), share),
      );
      await expectAllclose(result, quantile(inside, share), { absolute: 1e-4 });
      result.dispose();
    }),
    { numRuns: 40 },
  );
});

test('no tensor is left over', () => {
  const x = tf.tensor1d([1, 2, 3]);
  const before = tf.memory().numTensors;
  tf.tidy(() => void [selectTop(x, tf.scalar(1), 0), maskedQuantile(x, tf.onesLike(x), 0.5)]);
  expect(tf.memory().numTensors).toBe(before);
});
