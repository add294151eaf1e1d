import { expect, test } from 'vitest';
import { Random } from '../random/random.js';
import { repeatingSource } from './repeating-source.js';

function letters(text = 'abcdefghij', seed = 1) {
  const at = (i: number) => ({ id: text[i]!, input: text[i]!, columns: {} });
  return repeatingSource({ size: text.length, fingerprint: `letters ${text}`, at }, new Random(seed));
}

const ids = (prompts: readonly { readonly id: string }[]): string => prompts.map(({ id }) => id).join('');

test('each visit gives every prompt once, in another order', async () => {
  const source = letters();
  const [first, second] = [await source.next(10), await source.next(10)];
  expect([...ids(first)].sort().join('')).toBe('abcdefghij');
  expect([...ids(second)].sort().join('')).toBe('abcdefghij');
  expect(ids(first)).not.toBe(ids(second));
  expect(new Set(first.map(({ visit }) => visit))).toEqual(new Set([0]));
  expect(new Set(second.map(({ visit }) => visit))).toEqual(new Set([1]));
});

test('the order is the same however it is asked for, and another with another seed', async () => {
  const bySteps = letters();
  const parts = [await bySteps.next(3), await bySteps.next(9), await bySteps.next(1)].flat();
  expect(parts).toEqual(await letters().next(13));
  expect(ids(await letters('abcdefghij', 2).next(10))).not.toBe(ids(await letters().next(10)));
});

test('take gives the first prompts in the list’s own order and moves nothing', async () => {
  const source = letters();
  expect(ids(await source.take(3))).toBe('abc');
  expect(ids(await source.take(99))).toBe('abcdefghij');
  expect(await source.next(4)).toEqual(await letters().next(4));
});

test('a restored source goes on at the same prompt, over the end of a visit too', async () => {
  for (const before of [4, 10, 14]) {
    const whole = letters();
    await whole.next(before);
    const resumed = letters();
    await resumed.restore!(JSON.parse(JSON.stringify(await whole.state!())));
    expect(await resumed.next(12)).toEqual(await whole.next(12));
  }
});

test('a resume over other data is refused', async () => {
  const state = await letters().state!();
  await expect(async () => letters('xyz').restore!(state)).rejects.toThrow(/letters abcdefghij/);
});
