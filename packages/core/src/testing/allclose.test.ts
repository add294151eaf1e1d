import { expect, test } from 'vitest';
import { tf } from '../tensors/tf.js';
import { expectAllclose } from './allclose.js';

test('numbers, nested numbers and tensors within the tolerance pass', async () => {
  await expectAllclose(1, 1 + 1e-7);
  await expectAllclose(
    tf.tensor2d([
      [1, 2],
      [3, 4],
    ]),
    [
      [1, 2],
      [3, 4],
    ],
  );
  await expectAllclose([1e-9, 100], [0, 100.0005]);
});

test('a difference is reported with its place', async () => {
  await expect(expectAllclose([1, 2, 3], [1, 2, 4], {}, 'the loss')).rejects.toThrow(
    ['the loss differs from what was expected.', '  expected: 4 ± 4.00e-5 at element 2', '  received: 3'].join('\n'),
  );
});

test('just beyond the tolerance is not close', async () => {
  await expect(expectAllclose(1.00005, 1)).rejects.toThrow('expected: 1');
});

test('NaN and another number of elements are never close', async () => {
  await expect(expectAllclose([NaN], [1])).rejects.toThrow('received: NaN');
  await expect(expectAllclose([1, 1], [1])).rejects.toThrow('received: 2 numbers');
});
