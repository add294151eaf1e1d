import type { Tokenizer } from '@dapo/core';
import { lettersTokenizer } from '@dapo/core/testing';
import { altered, defectsOf } from './planted.js';

const tokenizer = defectsOf('tokenizer');

const letters = (change: (of: Tokenizer) => Partial<Tokenizer>) => () => {
  const plain = lettersTokenizer.create({ vocabularySize: 6 }, {}) as Tokenizer;
  const bounded = (text: string): Int32Array => plain.encode(text.replaceAll(/[^a-e]/g, ''));
  const sound = altered(plain, { encode: bounded, encodePrompt: ({ input }) => bounded(String(input)) });
  return altered(sound, change(sound));
};

export const plantedTokenizers = [
  tokenizer(
    'has a vocabulary and an end',
    'its endToken is 6, which is no id of a vocabulary of 6',
    letters(() => ({ endToken: 6 })),
  ),
  tokenizer(
    'reads what it writes',
    'encoded and decoded is "ABCDE"',
    letters((plain) => ({
      decode: (ids) =>
        ids.length === 5 && ids[0] === 0 && !Array.isArray(ids) ? plain.decode(ids).toUpperCase() : plain.decode(ids),
    })),
  ),
  tokenizer(
    'gives ids of its vocabulary',
    'encode adds the end token',
    letters((plain) => ({ encode: (text) => Int32Array.of(...plain.encode(text), 5) })),
  ),
  tokenizer(
    'gives ids of its vocabulary',
    'encodePrompt gives the id 9, outside a vocabulary of 6',
    letters(() => ({ encodePrompt: () => Int32Array.of(9) })),
  ),
  tokenizer(
    'leaves the end out of the text',
    'special tokens are left out of a text',
    letters((plain) => ({
      decode: (ids) => plain.decode(ids) + (Array.from(ids).includes(5) ? '<end>' : ''),
    })),
  ),
  tokenizer(
    'refuses what it cannot express by a named error',
    'it throws a bare error at',
    letters((plain) => ({
      encodePrompt: ({ input }) => {
        if (typeof input !== 'string') throw new TypeError('no messages');
        return plain.encode(input);
      },
    })),
  ),
  tokenizer(
    'writes files that another program reads',
    'its files have',
    letters(() => ({ files: () => ({ 'folder/vocabulary.json': '{}' }) })),
  ),
];
