import { fc, test as property } from '@fast-check/vitest';
import { tf } from '@dapo/core';
import { beforeAll, describe, expect, test } from 'vitest';
import plugin from '../wasm.js';

beforeAll(async () => {
  await (await plugin.create({ relaxedSimd: true, revectorize: true }, {})).start();
});

const float = fc.oneof(
  fc.float({ noNaN: false, noDefaultInfinity: false }),
  fc.float({ min: -100, max: 100 }),
  fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1, -1),
);
const floats = fc.array(float, { maxLength: 23 });
const values = (x: tf.Tensor): number[] => [...x.dataSync()];

describe('exp', () => {
  property.prop([floats], { numRuns: 300 })('is right to 2e-7 of its value, for any value', (xs) => {
    tf.tidy(() => {
      values(tf.exp(tf.tensor1d(xs))).forEach((y, i) => {
        const expected = Math.exp(xs[i]!);
        if (Number.isNaN(expected)) expect(y).toBeNaN();
        else if (expected > 3.4028234e38) expect(y).toBe(Infinity);
        else if (expected < 1.18e-38) expect(y).toBeLessThan(1.2e-38);
        else expect(Math.abs(y / expected - 1)).toBeLessThan(2e-7);
      });
    });
  });

  test('its worst error over the whole range', () => {
    tf.tidy(() => {
      const xs = Float32Array.from({ length: 200_001 }, (_, i) => -87.3 + (i * (88.72 + 87.3)) / 200_000);
      const errors = values(tf.exp(tf.tensor1d(xs))).map((y, i) => Math.abs(y / Math.exp(xs[i]!) - 1));
      const worst = errors.reduce((max, error) => Math.max(max, error), 0);
      expect(worst).toBeLessThan(1.5e-7);
      expect(values(tf.exp(tf.tensor1d([0, 1e-10, 88.72283, 88.7229])))).toEqual([
        1,
        1,
        expect.closeTo(3.4027e38, -35),
        Infinity,
      ]);
    });
  });
});

property.prop([floats])('clipByValue keeps to its bounds, and NaN stays NaN', (xs) => {
  tf.tidy(() => {
    expect(values(tf.clipByValue(tf.tensor1d(xs), -1.5, 2))).toEqual(
      xs.map((x) => (Number.isNaN(x) ? NaN : x < -1.5 ? -1.5 : x > 2 ? 2 : x)),
    );
  });
});

property.prop([fc.array(fc.tuple(float, float), { maxLength: 21 }), float])(
  'maximum and minimum agree with Math.max and Math.min, NaN in either place included',
  (pairs, single) => {
    tf.tidy(() => {
      const a = tf.tensor1d(pairs.map(([x]) => x));
      const b = tf.tensor1d(pairs.map(([, y]) => y));
      const f = Math.fround;
      expect(values(tf.maximum(a, b))).toEqual(pairs.map(([x, y]) => Math.max(f(x), f(y))));
      expect(values(tf.minimum(a, b))).toEqual(pairs.map(([x, y]) => Math.min(f(x), f(y))));
      expect(values(tf.maximum(a, single))).toEqual(pairs.map(([x]) => Math.max(f(x), f(single))));
      expect(values(tf.minimum(single, b))).toEqual(pairs.map(([, y]) => Math.min(f(single), f(y))));
    });
  },
);

property.prop([
  fc.array(fc.tuple(fc.constantFrom(-1, 0, 0.5, 1, NaN), fc.constantFrom(-1, 0, 0.5, 1, NaN)), {
    maxLength: 21,
  }),
])('comparisons agree with JavaScript, value by value, against one value, and broadcast', (pairs) => {
  const relations = [
    [tf.equal, (x: number, y: number) => x === y],
    [tf.notEqual, (x: number, y: number) => x !== y],
    [tf.greater, (x: number, y: number) => x > y],
    [tf.greaterEqual, (x: number, y: number) => x >= y],
    [tf.less, (x: number, y: number) => x < y],
    [tf.lessEqual, (x: number, y: number) => x <= y],
  ] as const;
  tf.tidy(() => {
    const xs = pairs.map(([x]) => x);
    const ys = pairs.map(([, y]) => y);
    const [a, b] = [tf.tensor1d(xs), tf.tensor1d(ys)];
    for (const [op, relation] of relations) {
      const out = op(a, b);
      expect(out.dtype).toBe('bool');
      expect(values(out)).toEqual(xs.map((x, i) => Number(relation(x, ys[i]!))));
      expect(values(op(a, 0.5))).toEqual(xs.map((x) => Number(relation(x, 0.5))));
      expect(values(op(0.5, a))).toEqual(xs.map((x) => Number(relation(0.5, x))));
      if (xs.length === 0) continue;
      const grid = op(tf.reshape(a, [-1, 1]), tf.reshape(b, [1, -1]));
      expect(values(grid)).toEqual(xs.flatMap((x) => ys.map((y) => Number(relation(x, y)))));
    }
  });
});

property.prop([fc.array(fc.integer({ min: -1000, max: 1000 }), { maxLength: 21 })])(
  'casts keep what they can',
  (xs) => {
    tf.tidy(() => {
      const halves = xs.map((x) => x / 2);
      expect(values(tf.cast(tf.tensor1d(xs, 'int32'), 'float32'))).toEqual(xs);
      expect(values(tf.cast(tf.tensor1d(halves), 'int32'))).toEqual(halves.map((x) => Math.trunc(x) + 0));
      expect(values(tf.cast(tf.tensor1d(halves), 'bool'))).toEqual(halves.map((x) => Number(x !== 0)));
      const flags = tf.tensor1d(
        xs.map((x) => x > 0),
        'bool',
      );
      expect(values(tf.cast(flags, 'float32'))).toEqual(xs.map((x) => Number(x > 0)));
      expect(values(tf.cast(flags, 'int32'))).toEqual(xs.map((x) => Number(x > 0)));
    });
  },
);

test('NaN casts to true, as anything that is not 0', () => {
  expect(values(tf.cast(tf.tensor1d([NaN, 0, -0, 1e-40, 256]), 'bool'))).toEqual([1, 0, 0, 1, 1]);
});
