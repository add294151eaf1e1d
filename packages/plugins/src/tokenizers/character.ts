import { DapoError, definePlugin, type Prompt, type Tokenizer, z } from '@dapo/core';

const options = z.strictObject({
  characters: z
    .string()
    .min(1)
    .refine((text) => new Set(text).size === [...text].length, 'a character stands in it twice')
    .default('0123456789+-*/=(),;:# ')
    .describe('every character of the vocabulary, once; its place is its token id'),
});

/** One token a character; the end token has the last id. */
export function characterTokenizer(characters: string): Tokenizer {
  const vocabulary = [...characters];
  const ids = new Map(vocabulary.map((character, id) => [character, id]));
  const endToken = vocabulary.length;

  const encode = (text: string, origin?: string): Int32Array =>
    Int32Array.from([...text], (character) => {
      const id = ids.get(character);
      if (id === undefined) throw unknownCharacter(character, text, characters, origin);
      return id;
    });
  return {
    vocabularySize: vocabulary.length + 1,
    endToken,
    encode: (text) => encode(text),
    encodePrompt: ({ input, origin }) => {
      if (typeof input !== 'string') throw noChatTemplate(origin);
      return encode(input, origin);
    },
    decode: (tokens) =>
      Array.from(tokens, (id) => (id === endToken ? '' : (vocabulary[id] ?? '\uFFFD'))).join(''),
    files: () => ({ 'tokenizer.json': `${JSON.stringify({ type: 'character', characters, endToken }, null, 2)}\n` }),
  };
}

function unknownCharacter(character: string, text: string, characters: string, origin?: string): DapoError {
  const codePoint = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  return new DapoError({
    code: 'DAPO_TOKENIZER_UNKNOWN_CHARACTER',
    message: `The character tokenizer has no «${character}» (U+${codePoint}), which stands in «${shorten(text)}».`,
    path: 'tokenizer.characters',
    location: origin === undefined ? undefined : { file: origin },
    expected: `only characters of «${characters}»`,
    hint: 'add the character to tokenizer.characters, or take it out of the data',
  });
}

function noChatTemplate(origin?: string): DapoError {
  return new DapoError({
    code: 'DAPO_TOKENIZER_NO_CHAT_TEMPLATE',
    message: 'A prompt is a list of messages, and the character tokenizer has no chat template to write them with.',
    path: 'tokenizer',
    location: origin === undefined ? undefined : { file: origin },
    expected: 'a prompt that is one text',
    hint: "give prompts as plain text, or use a model folder's own tokenizer",
  });
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
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
