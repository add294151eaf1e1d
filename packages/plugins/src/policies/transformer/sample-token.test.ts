import { beforeAll, describe, expect, test } from 'vitest';
import { Random, tf } from '@dapo/core';
import { startWasm } from '../../../../../test/fixtures/tiny-policy.js';
import { inverseCdf, sampleTokens } from './sample-token.js';

beforeAll(startWasm);

/** Draws `draws` tokens from one distribution. */
async function drawMany(
  weights: readonly number[],
  draws: number,
  settings: { topP?: number; topK?: number; temperature?: number },
): Promise<Int32Array> {
  const key = new Random(2).key('draws');
  const drawn = tf.tidy(() => {
    const probabilities = tf.tensor2d([...weights], [1, weights.length]);
    const logProbs = tf.log(tf.div(probabilities, tf.sum(probabilities))) as tf.Tensor2D;
    const uniforms = tf.tensor2d(
      Float32Array.from({ length: draws }, (_, i) => key.uniform(i)),
      [draws, 1],
    );
    return sampleTokens(tf.tile(logProbs, [draws, 1]), uniforms, { temperature: 1, topP: 1, topK: 0, ...settings });
  });
  const tokens = (await drawn.data()) as Int32Array;
  drawn.dispose();
  return tokens;
}

/** Pearson's statistic of draws against probabilities; no draw may fall on a probability of 0. */
function chiSquare(draws: Int32Array, weights: readonly number[]): number {
  const whole = weights.reduce((a, b) => a + b, 0);
  const counts = weights.map((_, id) => draws.reduce((sum, token) => sum + Number(token === id), 0));
  return counts.reduce((sum, count, id) => {
    if (weights[id] === 0) expect(count).toBe(0);
    const expected = (draws.length * weights[id]!) / whole;
    return expected === 0 ? sum : sum + (count - expected) ** 2 / expected;
  }, 0);
}

const weights = [0.05, 0.3, 0, 0.2, 0.05, 0.4];

// Bounds are passed once in a thousand seeds.
describe('frequencies match', () => {
  test('the whole distribution', async () => {
    expect(chiSquare(await drawMany(weights, 3000, {}), weights)).toBeLessThan(18.5);
  });

  test('the top k', async () => {
    expect(chiSquare(await drawMany(weights, 3000, { topK: 3 }), [0, 0.3, 0, 0.2, 0, 0.4])).toBeLessThan(13.8);
  });

  test('the smallest set that reaches top p: the token that reaches it is in', async () => {
    expect(chiSquare(await drawMany(weights, 3000, { topP: 0.69 }), [0, 0.3, 0, 0, 0, 0.4])).toBeLessThan(10.8);
    expect(chiSquare(await drawMany(weights, 3000, { topP: 0.71 }), [0, 0.3, 0, 0.2, 0, 0.4])).toBeLessThan(13.8);
  });

  test('top p counts what top k leaves', async () => {
    // Of 0.4, 0.3 and 0.2 the first two are 0.78 of what is left, and 0.7 of the whole vocabulary.
    expect(chiSquare(await drawMany(weights, 3000, { topP: 0.71, topK: 3 }), [0, 0.3, 0, 0, 0, 0.4])).toBeLessThan(
      10.8,
    );
    expect(new Set(await drawMany(weights, 300, { topP: 0.1 }))).toEqual(new Set([5]));
  });

  test('a vocabulary that is searched in two levels', async () => {
    const wide = Array.from({ length: 700 }, (_, id) => (id % 35 === 3 ? 1 + (id % 4) : 0));
    expect(chiSquare(await drawMany(wide, 4000, {}), wide)).toBeLessThan(43.8);
  });
});

test('greedy takes the largest', async () => {
  expect(new Set(await drawMany(weights, 10, { temperature: 0 }))).toEqual(new Set([5]));
});

/** Place of the first partial sum that reaches u · sum, in float64. */
function reference(row: readonly number[], u: number): number {
  const whole = row.reduce((a, b) => a + b, 0);
  let sum = 0;
  return row.findIndex((weight) => (sum += weight) >= u * whole);
}

test.each([5, 256, 257, 1000])('the place in %i weights is that of float64, the ends included', async (width) => {
  const key = new Random(width).key('weights');
  const rows = 200;
  const weightsOf = (r: number) =>
    Array.from({ length: width }, (_, i) =>
      key.at(r).uniform(2 * i) < 0.3 ? 0 : Math.fround(key.at(r).uniform(2 * i + 1)),
    );
  const matrix = Array.from({ length: rows }, (_, r) => weightsOf(r));
  const uniforms = matrix.map((_, r) => Math.fround(r === 0 ? 1e-9 : r === 1 ? 1 : key.uniform(r)));
  const places = tf.tidy(() => inverseCdf(tf.tensor2d(matrix), tf.tensor2d(uniforms, [rows, 1])));
  const found = (await places.data()) as Int32Array;
  places.dispose();
  expect([...found].every((place, r) => matrix[r]![place]! > 0)).toBe(true);
  const misses = [...found].filter((place, r) => place !== reference(matrix[r]!, uniforms[r]!)).length;
  expect(misses).toBeLessThanOrEqual(1);
});

test.each([5, 257])('tokens drawn from %i are int32, as what picks their log-probs asks', (width) => {
  const dtype = tf.tidy(
    () => inverseCdf(tf.ones([2, width]) as tf.Tensor2D, tf.fill([2, 1], 0.5) as tf.Tensor2D).dtype,
  );
  expect(dtype).toBe('int32');
});

test('equal weights over a large vocabulary reach its last tokens', async () => {
  const width = 151_936;
  const places = tf.tidy(() =>
    inverseCdf(tf.fill([2, width], 1 / width) as tf.Tensor2D, tf.tensor2d([0.5, 0.99999], [2, 1])),
  );
  const [middle, end] = (await places.data()) as Int32Array;
  places.dispose();
  expect(Math.abs(middle! - width / 2)).toBeLessThan(5);
  expect(Math.abs(end! - 0.99999 * width)).toBeLessThan(5);
});
