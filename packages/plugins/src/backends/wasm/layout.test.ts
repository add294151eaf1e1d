import { fc, test as property } from '@fast-check/vitest';
import { tf } from '@dapo/core';
import { beforeAll, describe, expect, test } from 'vitest';
import plugin from '../wasm.js';

beforeAll(async () => {
  await (await plugin.create({ relaxedSimd: true, revectorize: true }, {})).start();
});

type Dtype = 'float32' | 'int32' | 'bool';
const dtype = fc.constantFrom<Dtype>('float32', 'int32', 'bool');
const shape = (max: number) => fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: max });
const sizeOf = (dims: readonly number[]) => dims.reduce((product, n) => product * n, 1);

/** 0, 1, 2, … so that every value says where it comes from; bools repeat with a period of 7. */
const numbered = (dims: number[], type: Dtype): tf.Tensor => {
  const values = Array.from({ length: sizeOf(dims) }, (_, i) => (type === 'bool' ? Number(i % 7 < 3) : i));
  return tf.tensor(values, dims, type);
};

/** The value at `index(position)` of x for each position of the result. */
function picked(x: tf.Tensor, to: readonly number[], index: (position: number[]) => number[]): number[] {
  const values = x.dataSync();
  return Array.from({ length: sizeOf(to) }, (_, flat) => {
    const position = [...to];
    for (let axis = to.length - 1, rest = flat; axis >= 0; axis--) {
      position[axis] = rest % to[axis]!;
      rest = Math.floor(rest / to[axis]!);
    }
    const from = index(position);
    return values[from.reduce((sum, i, axis) => sum * x.shape[axis]! + i, 0)]!;
  });
}

function expectPicked(out: tf.Tensor, x: tf.Tensor, to: readonly number[], index: (p: number[]) => number[]): void {
  expect(out.shape).toEqual(to);
  expect(out.dtype).toBe(x.dtype);
  expect([...out.dataSync()]).toEqual(picked(x, to, index));
}

describe('transpose', () => {
  property.prop([shape(6), fc.nat(), dtype], { numRuns: 300 })('moves any axis anywhere', (dims, seed, type) => {
    tf.tidy(() => {
      const perm = [...dims.keys()].sort((a, b) => (((a + 1) * (seed + 7)) % 13) - (((b + 1) * (seed + 7)) % 13));
      const x = numbered(dims, type);
      const to = perm.map((axis) => dims[axis]!);
      expectPicked(tf.transpose(x, perm), x, to, (position) => {
        const from = [...position];
        perm.forEach((axis, i) => (from[axis] = position[i]!));
        return from;
      });
    });
  });

  test.each([
    [
      [37, 21],
      [1, 0],
    ],
    [
      [5, 18, 33],
      [0, 2, 1],
    ],
    [
      [3, 7, 4, 32],
      [0, 2, 1, 3],
    ],
    [
      [3, 7, 4, 9],
      [0, 2, 3, 1],
    ],
    [
      [2, 3, 4, 5, 6],
      [1, 0, 2, 4, 3],
    ],
    [
      [2, 3, 4, 5],
      [1, 0, 3, 2],
    ],
    [
      [2, 3, 4, 5, 6, 2],
      [5, 4, 3, 2, 1, 0],
    ],
  ])('of %j by %j', (dims, perm) => {
    tf.tidy(() => {
      const x = numbered(dims, 'float32');
      expectPicked(
        tf.transpose(x, perm),
        x,
        perm.map((axis) => dims[axis]!),
        (position) => {
          const from = [...position];
          perm.forEach((axis, i) => (from[axis] = position[i]!));
          return from;
        },
      );
    });
  });
});

property.prop([shape(5), fc.array(fc.nat(), { minLength: 10, maxLength: 10 }), dtype])(
  'slice takes any block',
  (dims, draws, type) => {
    tf.tidy(() => {
      const begin = dims.map((n, axis) => draws[axis]! % (n + 1));
      const size = dims.map((n, axis) => draws[axis + 5]! % (n - begin[axis]! + 1));
      const x = numbered(dims, type);
      expectPicked(tf.slice(x, begin, size), x, size, (position) => position.map((i, axis) => i + begin[axis]!));
    });
  },
);

test('slice refuses a block that reaches outside', () => {
  expect(() => tf.slice(tf.zeros([2, 3]), [0, 2], [2, 2])).toThrow();
});

property.prop([shape(4), fc.nat(), fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }), dtype])(
  'split and concat are inverse along any axis',
  (dims, axisDraw, lengths, type) => {
    tf.tidy(() => {
      const axis = axisDraw % dims.length;
      const whole = dims.with(
        axis,
        lengths.reduce((sum, n) => sum + n, 0),
      );
      const x = numbered(whole, type);
      const parts = tf.split(x, lengths, axis);
      let before = 0;
      parts.forEach((part, i) => {
        const offset = before;
        expectPicked(part, x, whole.with(axis, lengths[i]!), (p) => p.with(axis, p[axis]! + offset));
        before += lengths[i]!;
      });
      const again = tf.concat(parts, axis);
      expect(again.shape).toEqual(whole);
      expect(again.dtype).toBe(type);
      expect([...again.dataSync()]).toEqual([...x.dataSync()]);
    });
  },
);

property.prop([shape(4), fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 4, maxLength: 4 }), dtype])(
  'tile repeats along every axis',
  (dims, draws, type) => {
    tf.tidy(() => {
      const reps = dims.map((_, axis) => draws[axis]!);
      const x = numbered(dims, type);
      const to = dims.map((n, axis) => n * reps[axis]!);
      expectPicked(tf.tile(x, reps), x, to, (position) => position.map((i, axis) => i % dims[axis]!));
    });
  },
);

property.prop([shape(4), fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), dtype])(
  'reverse turns the chosen axes',
  (dims, draws, type) => {
    tf.tidy(() => {
      const axes = [...dims.keys()].filter((axis) => draws[axis]);
      const x = numbered(dims, type);
      expectPicked(tf.reverse(x, axes), x, dims, (position) =>
        position.map((i, axis) => (axes.includes(axis) ? dims[axis]! - 1 - i : i)),
      );
    });
  },
);

describe('gather', () => {
  property.prop([
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 19 }),
    dtype,
  ])('takes rows along any axis, in a batch too', (outer, length, inner, type) => {
    tf.tidy(() => {
      const ids = tf.tensor2d(
        [
          [0, length - 1],
          [length >> 1, 0],
        ],
        [2, 2],
        'int32',
      );
      const id = (i: number, j: number) => ids.dataSync()[i * 2 + j]!;
      const x = numbered([outer, length, inner], type);
      expectPicked(tf.gather(x, ids, 1), x, [outer, 2, 2, inner], ([o, i, j, k]) => [o!, id(i!, j!), k!]);
      const batch = numbered([2, outer, length, inner], type);
      expectPicked(tf.gather(batch, ids, 2, 1), batch, [2, outer, 2, inner], ([b, o, j, k]) => [
        b!,
        o!,
        id(b!, j!),
        k!,
      ]);
    });
  });

  test('an index outside is refused by value', () => {
    for (const index of [-1, 4]) {
      expect(() => tf.gather(tf.zeros([4, 2]), tf.tensor1d([0, index], 'int32'))).toThrow(
        expect.objectContaining({ code: 'DAPO_BACKEND_INDEX', expected: '0 … 3', received: String(index) }),
      );
    }
    expect(tf.gather(tf.zeros([4, 2]), tf.tensor1d([], 'int32')).shape).toEqual([0, 2]);
  });
});

property.prop([fc.array(fc.tuple(fc.boolean(), fc.nat(1000), fc.nat(1000)), { maxLength: 21 }), fc.boolean()])(
  'where chooses value by value',
  (rows, floats) => {
    tf.tidy(() => {
      const type = floats ? 'float32' : 'int32';
      const column = (i: 1 | 2) =>
        tf.tensor1d(
          rows.map((row) => row[i] - 500),
          type,
        );
      const out = tf.where(
        tf.tensor1d(
          rows.map(([c]) => c),
          'bool',
        ),
        column(1),
        column(2),
      );
      expect([...out.dataSync()]).toEqual(rows.map(([c, yes, no]) => (c ? yes : no) - 500));
    });
  },
);

test('where broadcasts a mask and a single value', () => {
  tf.tidy(() => {
    const mask = tf.tensor2d(
      [
        [1, 0],
        [1, 1],
      ],
      [2, 2],
      'bool',
    );
    const out = tf.where(mask, tf.ones([3, 2, 2]), -1e9);
    expect([...out.dataSync()]).toEqual([1, -1e9, 1, 1, 1, -1e9, 1, 1, 1, -1e9, 1, 1].map(Math.fround));
  });
});
