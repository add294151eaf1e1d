import { fc, test as property } from '@fast-check/vitest';
import { tf } from '@dapo/core';
import { beforeAll, describe, expect, test } from 'vitest';
import plugin from '../wasm.js';

const random = (shape: number[]): tf.Tensor => tf.randomUniform(shape, -1, 1);

/** Plain product in float64; broadcasts the leading dimensions. */
function reference(a: tf.Tensor, b: tf.Tensor, transposeA = false, transposeB = false): number[] {
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const whole = (x: tf.Tensor) => tf.broadcastTo(x, [...batch, ...x.shape.slice(-2)]);
  const [x, y] = [whole(a), whole(b)];
  const [valuesX, valuesY] = [x.dataSync(), y.dataSync()];
  const [p, q] = x.shape.slice(-2) as [number, number];
  const [r, s] = y.shape.slice(-2) as [number, number];
  const [rows, k, columns] = [transposeA ? q : p, transposeA ? p : q, transposeB ? r : s];
  const out: number[] = [];
  for (let n = 0; n < batch.reduce((m, d) => m * d, 1); n++) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        let sum = 0;
        for (let l = 0; l < k; l++) {
          const left = valuesX[n * p * q + (transposeA ? l * q + i : i * q + l)]!;
          sum += left * valuesY[n * r * s + (transposeB ? j * s + l : l * s + j)]!;
        }
        out.push(sum);
      }
    }
  }
  return out;
}

function expectProduct(a: tf.Tensor, b: tf.Tensor, transposeA = false, transposeB = false): void {
  const values = tf.matMul(a, b, transposeA, transposeB).dataSync();
  const expected = reference(a, b, transposeA, transposeB);
  expect(values.length).toBe(expected.length);
  let worst = 0;
  for (let i = 0; i < expected.length; i++) worst = Math.max(worst, Math.abs(values[i]! - expected[i]!));
  expect(worst).toBeLessThan(1e-4);
}

const dimension = (max: number) => fc.integer({ min: 1, max });

/** Node 24 on a processor with vectors of 256 bits; whether it has them is for the backend to find out. */
const wide = process.versions.v8.startsWith('13.6.') ? ([[true, true, /6x16|6x8/]] as const) : [];

describe.each([...wide, [true, false, /^relaxed-simd 6x8$/], [false, true, /^simd 4x8$/]] as const)(
  'with relaxed SIMD: %s, revectorized: %s',
  (relaxedSimd, revectorize, variant) => {
    beforeAll(async () => {
      const facts = await (await plugin.create({ relaxedSimd, revectorize }, {})).start();
      expect(facts['matMul']).toMatch(variant);
    });

    describe('BatchMatMul', () => {
      test('a long K that threads share in chunks gives the bits of one chunk after another', async () => {
        const [a, b] = [random([1500, 400]), random([1500, 400])];
        const first = (x: tf.Tensor, columns: number) => tf.slice(x, [0, 0], [1500, columns]);
        // The large product is shared by rows.
        const expected = tf.slice(tf.matMul(a, b, true), [0, 0], [9, 7]).dataSync();
        for (const threads of [1, 2, 3]) {
          await (await plugin.create({ relaxedSimd, revectorize, threads }, {})).start();
          expect(tf.matMul(first(a, 9), first(b, 7), true).dataSync()).toEqual(expected);
        }
        expectProduct(first(a, 9), first(b, 7), true);
        await (await plugin.create({ relaxedSimd, revectorize }, {})).start();
      });

      property.prop([dimension(4), dimension(40), dimension(40), dimension(70), fc.boolean(), fc.boolean()], {
        numRuns: 150,
      })('equals a plain product for any sizes and transposes', (batch, m, n, k, transposeA, transposeB) => {
        tf.tidy(() => {
          const a = random(transposeA ? [batch, k, m] : [batch, m, k]);
          const b = random(transposeB ? [batch, n, k] : [batch, k, n]);
          expectProduct(a, b, transposeA, transposeB);
        });
      });

      test.each([
        ['more than one chunk of depth', 13, 21, 700],
        ['depth between one and two chunks', 5, 9, 300],
        ['more than one block of rows', 203, 17, 33],
        ['more than one block of columns', 9, 1045, 31],
      ])('blocks are put together right: %s', (_, m, n, k) => {
        for (const [transposeA, transposeB] of [
          [false, false],
          [true, false],
          [false, true],
          [true, true],
        ] as const) {
          tf.tidy(() => {
            const a = random(transposeA ? [k, m] : [m, k]);
            const b = random(transposeB ? [n, k] : [k, n]);
            expectProduct(a, b, transposeA, transposeB);
          });
        }
      });

      test.each([
        [[1], [3]],
        [[3], [1]],
        [[], [3]],
        [[3], []],
        [[2, 3], [3]],
        [
          [2, 1],
          [1, 3],
        ],
        [
          [2, 1, 3],
          [4, 1],
        ],
      ])('leading dimensions %j and %j are broadcast', (batchA, batchB) => {
        for (const [transposeA, transposeB] of [
          [false, false],
          [true, false],
          [false, true],
        ] as const) {
          tf.tidy(() => {
            const a = random([...batchA, ...(transposeA ? [6, 5] : [5, 6])]);
            const b = random([...batchB, ...(transposeB ? [7, 6] : [6, 7])]);
            expectProduct(a, b, transposeA, transposeB);
          });
        }
      });

      test('empty dimensions give an empty product, or zeros where only K is 0', () => {
        expect(tf.matMul(tf.zeros([0, 3]), tf.zeros([3, 4])).shape).toEqual([0, 4]);
        expect(tf.matMul(tf.zeros([2, 3]), tf.zeros([3, 0])).shape).toEqual([2, 0]);
        expect(tf.matMul(tf.zeros([0, 2, 3]), tf.zeros([0, 3, 4])).shape).toEqual([0, 2, 4]);
        tf.tidy(() => {
          tf.ones([64]).dispose(); // leaves bytes that aren't 0 behind
          expect([...tf.matMul(tf.zeros([2, 0]), tf.zeros([0, 3])).dataSync()]).toEqual([0, 0, 0, 0, 0, 0]);
        });
      });

      test('what is not float32, or does not fit, is refused by name', () => {
        expect(() => tf.matMul(tf.zeros([2, 2], 'int32'), tf.zeros([2, 2], 'int32'))).toThrow('works on float32');
        expect(() => tf.engine().runKernel('BatchMatMul', { a: tf.zeros([2, 3]), b: tf.zeros([2, 3]) })).toThrow(
          'equal inner dimensions',
        );
      });

      test('NaN and infinity reach the rows that hold them and no others', () => {
        tf.tidy(() => {
          const a = tf.tensor2d([
            [1, NaN, 1],
            [1, 1, 1],
            [Infinity, 1, 1],
          ]);
          const out = tf.matMul(a, tf.ones<tf.Rank.R2>([3, 9])).arraySync();
          expect(out).toEqual([Array(9).fill(NaN), Array(9).fill(3), Array(9).fill(Infinity)]);
        });
      });
    });

    describe('a row of a product has the same bits', () => {
      const rowsOf = (x: tf.Tensor, width: number) => {
        const bits = new Uint32Array(x.dataSync().slice().buffer);
        return Array.from({ length: bits.length / width }, (_, i) => bits.slice(i * width, (i + 1) * width).join());
      };

      test.each([
        [129, 24],
        [20, 20],
        [700, 33],
        [16, 530],
        [352, 8],
      ])('whatever the number of rows beside it (K %i, N %i)', (k, n) => {
        for (const transposeA of [false, true]) {
          for (const transposeB of [false, true]) {
            tf.tidy(() => {
              const all = random([203, k]);
              const b = random(transposeB ? [n, k] : [k, n]);
              const product = (rows: tf.Tensor) =>
                rowsOf(tf.matMul(transposeA ? tf.transpose(rows) : rows, b, transposeA, transposeB), n);
              const expected = product(all);
              for (const m of [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 50, 97]) {
                expect(product(tf.slice(all, [0, 0], [m, k]))).toEqual(expected.slice(0, m));
                expect(product(tf.slice(all, [203 - m, 0], [m, k]))).toEqual(expected.slice(203 - m));
              }
            });
          }
        }
      });

      test.each([false, true])(
        'alone, in a batch, and with one b for a whole batch (transposed b: %s)',
        (transposeB) => {
          tf.tidy(() => {
            const [batch, m, k, n] = [6, 7, 129, 20];
            const a = random([batch, m, k]);
            const b = random(transposeB ? [n, k] : [k, n]);
            const shared = rowsOf(tf.matMul(a, b, false, transposeB), n);
            const repeated = rowsOf(tf.matMul(a, tf.tile(tf.expandDims(b), [batch, 1, 1]), false, transposeB), n);
            const alone = tf.unstack(a).flatMap((one) => rowsOf(tf.matMul(one, b, false, transposeB), n));
            expect(repeated).toEqual(shared);
            expect(alone).toEqual(shared);
          });
        },
      );
    });

    test('products stay right while the heap grows over many MB', () => {
      tf.tidy(() => {
        const a = random([33, 65]);
        const b = random([65, 17]);
        for (let i = 0; i < 12; i++) {
          tf.zeros([5_000_000]);
          expectProduct(a, b);
        }
      });
    });

    describe('gradients of matMul', () => {
      test.each([
        [false, false],
        [true, false],
        [false, true],
        [true, true],
      ])('agree with finite differences (transposed: %s, %s)', (transposeA, transposeB) => {
        tf.tidy(() => {
          const a = random(transposeA ? [2, 4, 3] : [2, 3, 4]);
          const b = random(transposeB ? [2, 5, 4] : [2, 4, 5]);
          const weight = random([2, 3, 5]);
          const loss = (x: tf.Tensor, y: tf.Tensor) => tf.sum(tf.mul(tf.matMul(x, y, transposeA, transposeB), weight));
          const gradients = tf.grads((x, y) => loss(x!, y!))([a, b]);
          [a, b].forEach((x, which) => {
            const values = x.dataSync();
            const at = (i: number, step: number) => {
              const moved = Float32Array.from(values, (v, j) => (i === j ? v + step : v));
              const y = tf.tensor(moved, x.shape);
              return loss(which === 0 ? y : a, which === 1 ? y : b).dataSync()[0]!;
            };
            const gradient = gradients[which]!.dataSync();
            values.forEach((_, i) => expect(gradient[i]).toBeCloseTo((at(i, 0.5) - at(i, -0.5)) / 1, 3));
          });
        });
      });
    });

    test('tf.fused.matMul adds the bias and applies the activation', () => {
      tf.tidy(() => {
        const a = random([7, 9]) as tf.Tensor2D;
        const b = random([9, 5]) as tf.Tensor2D;
        const bias = tf.randomUniform<tf.Rank.R1>([5], -1, 1);
        const linear = tf.add(tf.matMul(a, b), bias);
        for (const activation of ['linear', 'relu', 'elu', 'sigmoid'] as const) {
          const fused = tf.fused.matMul({ a, b, bias, activation });
          const plain = activation === 'linear' ? linear : tf[activation](linear);
          expect(tf.max(tf.abs(tf.sub(fused, plain))).dataSync()[0]).toBeLessThan(1e-6);
        }
      });
    });
  },
);
