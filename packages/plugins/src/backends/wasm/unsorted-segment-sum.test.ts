import { fc, test as property } from '@fast-check/vitest';
import { tf } from '@dapo/core';
import { beforeAll, expect, test } from 'vitest';
import plugin from '../wasm.js';

beforeAll(async () => {
  await (await plugin.create({ relaxedSimd: true, revectorize: true }, {})).start();
});

property.prop([fc.array(fc.integer({ min: -1, max: 6 }), { maxLength: 40 }), fc.integer({ min: 1, max: 21 })])(
  'equals sums made row by row; ids outside the segments are left out',
  (ids, width) => {
    tf.tidy(() => {
      const x = tf.randomUniform([ids.length, width], -1, 1);
      const values = x.dataSync();
      const expected = new Float32Array(5 * width);
      ids.forEach((id, row) => {
        if (id < 0 || id >= 5) return;
        for (let j = 0; j < width; j++) expected[id * width + j]! += values[row * width + j]!;
      });
      const sum = tf.unsortedSegmentSum(x, tf.tensor1d(ids, 'int32'), 5);
      expect(sum.shape).toEqual([5, width]);
      // Bit for bit: float32 sums in the order of the rows.
      expect([...sum.dataSync()]).toEqual([...expected]);
    });
  },
);

test('no rows and no columns give zeros and nothing', () => {
  tf.tidy(() => {
    tf.ones([64]).dispose();
    expect([...tf.unsortedSegmentSum(tf.zeros([0, 3]), tf.tensor1d([], 'int32'), 2).dataSync()]).toEqual([
      0, 0, 0, 0, 0, 0,
    ]);
    expect(tf.unsortedSegmentSum(tf.zeros([3, 0]), tf.tensor1d([0, 1, 1], 'int32'), 2).shape).toEqual([2, 0]);
  });
});

test('the gradient of looking rows up counts how often each is looked up', () => {
  tf.tidy(() => {
    const table = tf.randomUniform<tf.Rank.R2>([5, 7], -1, 1);
    const ids = tf.tensor2d(
      [
        [0, 3, 3],
        [4, 3, 0],
      ],
      [2, 3],
      'int32',
    );
    const weight = tf.randomUniform([2, 3, 7], -1, 1);
    const gradient = tf.grad((x) => tf.sum(tf.mul(tf.gather(x, ids), weight)))(table);
    const picked = tf.oneHot(tf.reshape(ids, [6]), 5).toFloat();
    const expected = tf.matMul(picked, tf.reshape(weight, [6, 7]) as tf.Tensor2D, true);
    expect(tf.max(tf.abs(tf.sub(gradient, expected))).dataSync()[0]).toBeLessThan(1e-6);
  });
});
