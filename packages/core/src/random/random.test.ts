import { test as property, fc } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { Random } from './random.js';

const word = fc.oneof(fc.integer(), fc.string());

describe('counter-based random numbers', () => {
  property.prop([fc.maxSafeNat(), fc.array(word), fc.nat()])(
    'are a function of seed, words and index',
    (seed, words, index) => {
      const draw = (): number => new Random(seed).key('rollout', ...words).uniform(index);
      expect(draw()).toBe(draw());
    },
  );

  property.prop([fc.maxSafeNat(), fc.nat()])('lie strictly between 0 and 1', (seed, index) => {
    const u = new Random(seed).key('rollout').uniform(index);
    expect(u).toBeGreaterThan(0);
    expect(u).toBeLessThan(1);
  });

  property.prop([fc.nat(), fc.integer({ min: 1, max: 300 })])('permute every index exactly once', (seed, n) => {
    const order = [...new Random(seed).key('order').permutation(n)];
    expect(order.sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
  });

  test('differ with seed, purpose, step, prompt, visit and response', () => {
    const draws = [
      new Random(1).key('rollout', 0, 'p', 0, 0),
      new Random(2).key('rollout', 0, 'p', 0, 0),
      new Random(1).key('evaluation', 0, 'p', 0, 0),
      new Random(1).key('rollout', 1, 'p', 0, 0),
      new Random(1).key('rollout', 0, 'q', 0, 0),
      new Random(1).key('rollout', 0, 'p', 1, 0),
      new Random(1).key('rollout', 0, 'p', 0, 1),
      new Random(2 ** 32 + 1).key('rollout', 0, 'p', 0, 0),
    ].map((key) => key.bits(0));
    expect(new Set(draws).size).toBe(draws.length);
  });

  test.each([
    ['along one key', (i: number) => new Random(7).key('x').uniform(i)],
    ['over neighbouring keys', (i: number) => new Random(7).key('x', i).uniform(0)],
    ['over neighbouring seeds', (i: number) => new Random(i).key('x').uniform(0)],
  ])('are uniform %s (chi-square of 100 cells, 0.001)', (_, draw) => {
    const n = 100_000;
    const cells = new Array<number>(100).fill(0);
    for (let i = 0; i < n; i++) cells[Math.floor(draw(i) * 100)]! += 1;
    const chi = cells.reduce((sum, count) => sum + (count - n / 100) ** 2 / (n / 100), 0);
    expect(chi).toBeLessThan(148.2);
    expect(chi).toBeGreaterThan(60);
  });

  test('neighbouring indices are uncorrelated', () => {
    const key = new Random(3).key('x');
    const n = 50_000;
    let product = 0;
    for (let i = 0; i < n; i++) product += (key.uniform(i) - 0.5) * (key.uniform(i + 1) - 0.5) * 12;
    expect(Math.abs(product / n)).toBeLessThan(4 / Math.sqrt(n));
  });

  test('normal numbers have mean 0 and variance 1', () => {
    const key = new Random(5).key('x');
    const n = 50_000;
    const values = Array.from({ length: n }, (_, i) => key.normal(i));
    const mean = values.reduce((a, b) => a + b) / n;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / n;
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(Math.abs(variance - 1)).toBeLessThan(0.03);
  });
});

test('another attempt draws other responses, and neither other evaluations nor another order of prompts', () => {
  const drawn = (purpose: string, attempt: number): number => new Random(5, attempt).key(purpose, 3).bits(0);
  expect(drawn('rollout', 1)).not.toBe(drawn('rollout', 0));
  for (const purpose of ['evaluation', 'prompts']) expect(drawn(purpose, 1)).toBe(drawn(purpose, 0));
});
