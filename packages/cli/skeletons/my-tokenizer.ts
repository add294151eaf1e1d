import { definePlugin, z, type OptionsOf, type Tokenizer } from '@dapo/core';

const options = z.strictObject({
  normalize: z.boolean().default(true).describe('bring texts into one form (NFC), so that equal texts are equal bytes'),
});

/** One token a byte of UTF-8, so that no text is unknown; token 256 ends a response. */
export function byteTokenizer(normalize: boolean): Tokenizer {
  const endToken = 256;
  const encode = (text: string): Int32Array =>
    Int32Array.from(new TextEncoder().encode(normalize ? text.normalize('NFC') : text));
  return {
    vocabularySize: 257,
    endToken,
    encode,
    encodePrompt: ({ input }) =>
      encode(typeof input === 'string' ? input : input.map(({ role, content }) => `${role}: ${content}\n`).join('')),
    decode: (ids) => new TextDecoder().decode(Uint8Array.from(Array.from(ids).filter((id) => id !== endToken))),
    files: () => ({
      'tokenizer.json': `${JSON.stringify({ type: 'bytes', normalize, endToken }, null, 2)}\n`,
    }),
  };
}

export default definePlugin({
  kind: 'tokenizer',
  name: 'my-tokenizer',
  summary: 'One token a byte of UTF-8.',
  source: { title: 'ByT5', arxiv: '2105.13626' },
  departures: 'no special tokens but the end',
  options,
  create: ({ normalize }) => byteTokenizer(normalize),
});

/** With `plugins: ['./plugins/my-tokenizer.ts']` in a config, `use: 'my-tokenizer'` completes there and its options are checked. */
declare module '@dapo/core' {
  interface PluginCatalogue {
    'my-tokenizer': {
      tokenizer: { 'my-tokenizer': OptionsOf<(typeof import('./my-tokenizer.js'))['default']> };
    };
  }
}
