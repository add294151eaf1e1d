import { Random } from '@dapo/core';
import { describeContract, instantiate } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import plugin, { sums } from './my-prompts.js';

// What every plugin of this kind must hold to: shapes, masks, order, gradients, edge cases, leaks, state.
describeContract(plugin);

test('train and held-out problems are all of them, each once', () => {
  const sides = [...sums(9, 'train'), ...sums(9, 'heldOut')].map(({ a, b }) => `${a}+${b}`);
  expect(new Set(sides).size).toBe(100);
  expect(sides).toHaveLength(100);
});

test('a prompt carries the right answer, and the source goes round', async () => {
  const source = await instantiate(plugin, { largest: 3 }, { random: new Random(1) });
  for (const { id, input, reference, visit } of await source.next(2 * source.size)) {
    const [a, b] = id.split('+').map(Number);
    expect([input, reference]).toEqual([`${a}+${b}=`, String(a! + b!)]);
    expect([0, 1]).toContain(visit);
  }
});
