import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Template } from '@huggingface/jinja';

import { definePlugin, noChatTemplate, tokens, z, type Message, type Tokenizer } from '@dapo/core';
import { Encoder } from './hugging-face/encoder.js';
import { chatTemplateFailed, noEndToken, tokenizerFileUnreadable } from './hugging-face/errors.js';
import { readTokenizerFolder, textOf, type TokenizerFolder } from './hugging-face/read-folder.js';

const options = z.strictObject({
  folder: z.string().describe("folder of the model, from the config's folder on: the same as policy.checkpoint"),
  endToken: z
    .string()
    .optional()
    .describe('text of the token that ends a response; by default the eos_token of the folder'),
  chatTemplate: z.string().optional().describe('a Jinja file that takes the place of the template of the folder'),
  templateVariables: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .default({})
    .describe('what the chat template may ask for beside the messages, { enable_thinking: false } for instance'),
});

type Render = (messages: readonly Message[], origin?: string) => string;

/** Renders messages up to where the model's answer begins. */
function renderer({ config }: TokenizerFolder, template: string | undefined, variables: object): Render {
  const compiled = template === undefined ? undefined : compile(template);
  const special = { bos_token: textOf(config.bos_token) ?? '', eos_token: textOf(config.eos_token) ?? '' };
  return (messages, origin) => {
    if (!compiled) throw noChatTemplate('hugging-face', origin);
    try {
      return compiled.render({ ...special, ...variables, messages, add_generation_prompt: true });
    } catch (cause) {
      throw chatTemplateFailed(cause, origin);
    }
  };
}

function compile(template: string): Template {
  try {
    return new Template(template);
  } catch (cause) {
    throw chatTemplateFailed(cause);
  }
}

function endOf(encoder: Encoder, text: string | undefined, file: string): number {
  const id = text === undefined ? undefined : encoder.token_to_id(text);
  if (id === undefined) throw noEndToken(file, text);
  return id;
}

/** A text prompt begins as the tokenizer has it (Llama: with its first token); a rendered chat says that itself. */
export function huggingFaceTokenizer(
  files: TokenizerFolder,
  render: Render,
  endToken: string | undefined,
  file: string,
): Tokenizer {
  const encoder = new Encoder(files.tokenizer, files.config);
  const ids = [...encoder.get_vocab(true).values()];
  const known = new Set(ids);
  const encode = (text: string, withSpecial: boolean): Int32Array =>
    Int32Array.from(encoder.encode(text, { add_special_tokens: withSpecial }).ids);
  return {
    vocabularySize: ids.reduce((largest, id) => Math.max(largest, id), 0) + 1,
    endToken: endOf(encoder, endToken, file),
    encode: (text) => encode(text, false),
    encodePrompt: ({ input, origin }) =>
      typeof input === 'string' ? encode(input, true) : encode(render(input, origin), false),
    decode: (sequence) => {
      const written = Array.from(sequence).filter((id) => known.has(id));
      return written.length === 0
        ? ''
        : encoder.decode(written, { skip_special_tokens: true, clean_up_tokenization_spaces: false });
    },
    files: () => files.files,
  };
}

export default definePlugin({
  kind: 'tokenizer',
  name: 'hugging-face',
  summary: "The tokenizer and the chat template of a model's folder, as Hugging Face writes them.",
  source: {
    title: '@huggingface/tokenizers and @huggingface/jinja',
    url: 'https://github.com/huggingface/tokenizers.js',
  },
  departures: 'Decoding leaves spaces before punctuation as they are, so that a text is what its tokens say.',
  alsoKnownAs: ['AutoTokenizer', 'BPE'],
  options,
  inject: { configFolder: tokens.configFolder },
  create: async ({ folder, endToken, chatTemplate, templateVariables }, { configFolder }) => {
    const path = resolve(configFolder, folder);
    const files = await readTokenizerFolder(path);
    const own = chatTemplate === undefined ? undefined : resolve(configFolder, chatTemplate);
    const template = own === undefined ? files.chatTemplate : await readText(own);
    const render = renderer(files, template, templateVariables);
    const end = endToken ?? textOf(files.config.eos_token);
    return huggingFaceTokenizer(files, render, end, join(path, 'tokenizer_config.json'));
  },
});

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw tokenizerFileUnreadable(file, cause);
  });
}
