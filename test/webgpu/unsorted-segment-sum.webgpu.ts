import { tf } from '@dapo/core';
import { expect, test } from 'vitest';

/** Float32 sums in the order of the rows. */
function expectedSums(values: Float32Array, ids: readonly number[], segments: number, width: number): Float32Array {
  const sums = new Float32Array(segments * width);
  ids.forEach((id, row) => {
    if (id < 0 || id >= segments) return;
    for (let column = 0; column < width; column++) sums[id * width + column]! += values[row * width + column]!;
  });
  return sums;
}

test.each([
  ['one segment of one column', 1, 1, 9],
  ['odd sizes', 5, 7, 200],
  ['more segments than rows, more numbers than a dispatch of one axis has', 70_001, 64, 30],
  ['no rows', 3, 2, 0],
  ['no columns', 3, 0, 4],
])('sums are those in the order of the rows, bit for bit: %s', async (_, segments, width, rows) => {
  // Two of them lie outside of the segments, and are left out.
  const ids = Array.from({ length: rows }, (_, row) => ((row * 7919) % (segments + 2)) - 1);
  const values = Float32Array.from({ length: rows * width }, (_, i) => Math.sin(12.9898 * i * i));
  const x = tf.tensor2d(values, [rows, width]);
  const at = tf.tensor1d(ids, 'int32');
  const before = tf.memory().numTensors;
  const sums = tf.unsortedSegmentSum(x, at, segments);
  expect(sums.shape).toEqual([segments, width]);
  const found = (await sums.data()) as Float32Array;
  expect(
    Buffer.compare(Buffer.from(found.buffer), Buffer.from(expectedSums(values, ids, segments, width).buffer)),
  ).toBe(0);
  sums.dispose();
  expect(tf.memory().numTensors).toBe(before);
  tf.dispose([x, at]);
});

test('integers are refused: TensorFlow.js adds the bits of floats to them', () => {
  const sum = (): tf.Tensor => tf.unsortedSegmentSum(tf.tensor1d([1, 2], 'int32'), tf.tensor1d([1, 0], 'int32'), 2);
  expect(sum).toThrow(expect.objectContaining({ code: 'DAPO_BACKEND_DTYPE' }));
});
