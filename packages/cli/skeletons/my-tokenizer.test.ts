import { describeContract } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import plugin, { byteTokenizer } from './my-tokenizer.js';

// What every plugin of this kind must hold to: shapes, masks, order, gradients, edge cases, leaks, state.
describeContract(plugin);

test.each(['', '12+34=46', 'é', '日本語', '😀'])('«%s» comes back as it was, with or without the end token', (text) => {
  const tokenizer = byteTokenizer(true);
  const ids = tokenizer.encode(text);
  expect(tokenizer.decode(ids)).toBe(text);
  expect(tokenizer.decode([...ids, tokenizer.endToken])).toBe(text);
});

test('equal texts are equal tokens, however their accents are written', () => {
  expect(byteTokenizer(true).encode('e\u0301')).toEqual(byteTokenizer(true).encode('\u00e9'));
  expect(byteTokenizer(false).encode('e\u0301')).toHaveLength(3);
});
