import { expect, test } from 'vitest';
import fc from 'fast-check';
import character, { characterTokenizer } from './character.js';

const tokenizer = characterTokenizer('01+=é😀');

test('a character is its place, the end token comes last', () => {
  expect([...tokenizer.encode('10+😀=')]).toEqual([1, 0, 2, 5, 3]);
  expect(tokenizer.endToken).toBe(6);
  expect(tokenizer.vocabularySize).toBe(7);
});

test('decoding gives back every text, without the end token', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('0', '1', '+', '=', 'é', '😀')), (characters) => {
      const tokens = [...tokenizer.encode(characters.join('')), tokenizer.endToken];
      return tokenizer.decode(tokens) === characters.join('');
    }),
  );
});

test('an unknown character is named with its place', () => {
  expect(() => tokenizer.encodePrompt({ input: '1+2=', origin: 'data/train.jsonl:12' })).toThrow(
    [
      'The tokenizer has no token for «2» (U+0032).',
      '  where:    at tokenizer, in data/train.jsonl:12',
      '  received: 1+2=',
      '  do:       add the character to the alphabet of the tokenizer, or take it out of the data',
    ].join('\n'),
  );
});

test('messages are refused: there is no chat template', () => {
  const input = [{ role: 'user', content: '1+1=' }];
  expect(() => tokenizer.encodePrompt({ input })).toThrow(/no chat template/);
});

test('its file says enough to make it again', () => {
  const file = JSON.parse(tokenizer.files()['tokenizer.json']!) as { characters: string; endToken: number };
  expect(characterTokenizer(file.characters).files()).toEqual(tokenizer.files());
  expect(file.endToken).toBe(6);
});

test('a repeated character is refused', () => {
  expect(() => character.options!.parse({ characters: 'aba' })).toThrow(/twice/);
});
