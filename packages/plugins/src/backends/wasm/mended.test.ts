import { tf } from '@dapo/core';
import { beforeAll, expect, test } from 'vitest';
import plugin from '../wasm.js';

beforeAll(async () => {
  await (await plugin.create({ relaxedSimd: true, revectorize: true }, {})).start();
});

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

test('what is reduced over nothing is what the other backends say', () => {
  tf.tidy(() => {
    const nothing = tf.zeros([2, 0, 3]);
    expect(values(tf.max(nothing, 1))).toEqual(Array(6).fill(-Infinity));
    expect(values(tf.min(nothing, [0, 1]))).toEqual(Array(3).fill(Infinity));
    expect(values(tf.mean(nothing))).toEqual([NaN]);
    expect(values(tf.prod(nothing))).toEqual([1]);
    expect(tf.max(nothing, 1, true).shape).toEqual([2, 1, 3]);
    expect(
      values(
        tf.max(
          tf.tensor2d([
            [1, 5],
            [3, 2],
          ]),
          1,
        ),
      ),
    ).toEqual([5, 3]);
  });
});

test('oneHot as float32 holds the values asked for, and none for an index outside', () => {
  tf.tidy(() => {
    const out = tf.oneHot(tf.tensor1d([2, -1, 0, 3], 'int32'), 3, 0.5, -1, 'float32');
    expect(out.shape).toEqual([4, 3]);
    expect(values(out)).toEqual([-1, -1, 0.5, -1, -1, -1, 0.5, -1, -1, -1, -1, -1]);
    expect(values(tf.oneHot(tf.tensor1d([1], 'int32'), 2))).toEqual([0, 1]);
  });
});

test('log1p and expm1 keep what is tiny', () => {
  tf.tidy(() => {
    const x = [1e-9, -1e-8, 1e-20, 0, 1, -0.5, NaN];
    values(tf.log1p(tf.tensor1d(x))).forEach((y, i) => expect(y).toBe(Math.fround(Math.log1p(Math.fround(x[i]!)))));
    values(tf.expm1(tf.tensor1d(x))).forEach((y, i) => expect(y).toBe(Math.fround(Math.expm1(Math.fround(x[i]!)))));
    expect(values(tf.log1p(tf.tensor1d([1], 'int32')))[0]).toBeCloseTo(Math.LN2, 6);
  });
});
