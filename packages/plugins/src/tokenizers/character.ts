import { definePlugin, noChatTemplate, type Tokenizer, unknownCharacter, z } from '@dapo/core';

const options = z.strictObject({
  characters: z
    .string()
    .min(1)
    .refine((text) => new Set(text).size === Array.from(text).length, 'a text in which no character stands twice')
    .default('0123456789+-*/=(),;:# ')
    .describe('every character of the vocabulary, once; its place is its token id'),
});

/** One token a character; the end token has the last id. */
export function characterTokenizer(characters: string): Tokenizer {
  const vocabulary = Array.from(characters);
  const ids = new Map(vocabulary.map((character, id) => [character, id]));
  const endToken = vocabulary.length;

  const encode = (text: string, origin?: string): Int32Array =>
    Int32Array.from(Array.from(text), (character) => {
      const id = ids.get(character);
      if (id === undefined) throw unknownCharacter(text, character, origin);
      return id;
    });
  return {
    vocabularySize: vocabulary.length + 1,
    endToken,
    encode: (text) => encode(text),
    encodePrompt: ({ input, origin }) => {
      if (typeof input !== 'string') throw noChatTemplate('character', origin);
      return encode(input, origin);
    },
    decode: (tokens) => Array.from(tokens, (id) => (id === endToken ? '' : (vocabulary[id] ?? '\uFFFD'))).join(''),
    files: () => ({
      'tokenizer.json': `${JSON.stringify({ type: 'character', characters, endToken }, null, 2)}\n`,
    }),
  };
}

export default definePlugin({
  kind: 'tokenizer',
  name: 'character',
  summary: 'One token a character, for models that are trained from nothing on a small alphabet.',
  source: { title: 'our own' },
  departures: 'none',
  options,
  create: ({ characters }) => characterTokenizer(characters),
});
