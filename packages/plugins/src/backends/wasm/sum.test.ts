import { fc, test as property } from '@fast-check/vitest';
import { tf } from '@dapo/core';
import { beforeAll, expect, test } from 'vitest';
import plugin from '../wasm.js';

beforeAll(async () => {
  await (await plugin.create({ relaxedSimd: true, revectorize: true }, {})).start();
});

const dims = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 5 });

property.prop([dims, fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }), fc.boolean()], { numRuns: 200 })(
  'sum equals a plain sum over any axes, 0 where there is nothing',
  (shape, draws, keepDims) => {
    tf.tidy(() => {
      const axes = [...shape.keys()].filter((axis) => draws[axis]);
      const x = tf.randomUniform(shape, -1, 1);
      const kept = shape.map((n, axis) => (axes.includes(axis) ? 1 : n));
      const expected = Array<number>(kept.reduce((a, b) => a * b, 1)).fill(0);
      x.dataSync().forEach((value, flat) => {
        let to = 0;
        let stride = 1;
        for (let axis = shape.length - 1; axis >= 0; axis--) {
          if (!axes.includes(axis)) to += (flat % shape[axis]!) * stride;
          stride *= kept[axis]!;
          flat = Math.floor(flat / shape[axis]!);
        }
        expected[to]! += value;
      });
      tf.ones([64]).dispose();
      const out = tf.sum(x, axes, keepDims);
      expect(out.shape).toEqual(keepDims ? kept : shape.filter((_, axis) => !axes.includes(axis)));
      out.dataSync().forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4));
    });
  },
);

test('long sums stay accurate', () => {
  tf.tidy(() => {
    const n = 1_000_003;
    expect(tf.sum(tf.fill([n], 0.1)).dataSync()[0]! / (n * Math.fround(0.1))).toBeCloseTo(1, 6);
    expect([
      ...tf.sum(tf.tensor1d([1e8, ...Array<number>(255).fill(0), 1, ...Array<number>(255).fill(0), -1e8])).dataSync(),
    ]).toEqual([1]);
  });
});

test('a row has the same sum whatever rows stand beside it', () => {
  tf.tidy(() => {
    const x = tf.randomUniform<tf.Rank.R2>([23, 1037], -1, 1);
    const all = tf.sum(x, 1).dataSync();
    for (const m of [1, 2, 5]) expect(tf.sum(tf.slice(x, [0, 0], [m, 1037]), 1).dataSync()).toEqual(all.slice(0, m));
  });
});

test('integers and flags are counted', () => {
  expect([
    ...tf
      .sum(
        tf.tensor2d(
          [
            [1, 2],
            [3, 4],
          ],
          [2, 2],
          'int32',
        ),
        0,
      )
      .dataSync(),
  ]).toEqual([4, 6]);
  expect([...tf.sum(tf.tensor1d([1, 0, 1], 'bool')).dataSync()]).toEqual([2]);
  const nothing = tf.sum(tf.zeros([0, 2], 'int32'), 0);
  expect(nothing.dtype).toBe('int32');
  expect([...nothing.dataSync()]).toEqual([0, 0]);
});

test.each([
  [undefined, false],
  [0, false],
  [-1, true],
  [[0, 2], false],
  [[1, 2], true],
])('the gradients of sum and mean over %j spread what comes back evenly', (axis, keepDims) => {
  tf.tidy(() => {
    const x = tf.randomUniform<tf.Rank.R3>([2, 3, 4], -1, 1);
    const count = x.size / tf.sum(x, axis).size;
    const weight = tf.randomUniform(tf.sum(x, axis, keepDims).shape, -1, 1);
    const kept = tf.sum(x, axis, true).shape;
    const expected = tf.broadcastTo(tf.reshape(weight, kept), x.shape).dataSync();
    const sums = tf.grad((y) => tf.sum(tf.mul(tf.sum(y, axis, keepDims), weight)))(x);
    const means = tf.grad((y) => tf.sum(tf.mul(tf.mean(y, axis, keepDims), weight)))(x);
    expect(sums.shape).toEqual(x.shape);
    sums.dataSync().forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6));
    means.dataSync().forEach((value, i) => expect(value).toBeCloseTo(expected[i]! / count, 6));
  });
});
