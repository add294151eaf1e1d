import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tokenizerFileUnreadable } from './errors.js';

/** A special token: its text, or an object that holds it. */
type SpecialToken = string | { readonly content: string } | null;

/** What is used of tokenizer_config.json. */
export interface TokenizerConfig {
  readonly bos_token?: SpecialToken;
  readonly eos_token?: SpecialToken;
  readonly pad_token?: SpecialToken;
  /** In older folders; newer ones have chat_template.jinja. */
  readonly chat_template?: string | readonly { readonly name: string; readonly template: string }[] | null;
}

/** A tokenizer as it stands in a folder. */
export interface TokenizerFolder {
  readonly tokenizer: object;
  readonly config: TokenizerConfig;
  readonly chatTemplate?: string;
  /** The files as they are: name → content. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Reads tokenizer.json, tokenizer_config.json and, where there is one, chat_template.jinja.
 *
 * @throws DapoError where one of the first two is missing or no JSON object
 */
export async function readTokenizerFolder(folder: string): Promise<TokenizerFolder> {
  // One after the other: of two that are missing always the same one is told.
  const tokenizer = await readObject(join(folder, 'tokenizer.json'));
  const config = await readObject(join(folder, 'tokenizer_config.json'));
  const jinja = await readFile(join(folder, 'chat_template.jinja'), 'utf8').catch(() => undefined);
  const chatTemplate = jinja ?? templateOf(config.value);
  return {
    tokenizer: tokenizer.value,
    config: config.value,
    ...(chatTemplate !== undefined && { chatTemplate }),
    files: {
      'tokenizer.json': tokenizer.text,
      'tokenizer_config.json': config.text,
      ...(jinja !== undefined && { 'chat_template.jinja': jinja }),
    },
  };
}

export function textOf(token: SpecialToken | undefined): string | undefined {
  return typeof token === 'string' ? token : token?.content;
}

function templateOf({ chat_template: template }: TokenizerConfig): string | undefined {
  if (template === undefined || template === null) return undefined;
  if (typeof template === 'string') return template;
  return template.find(({ name }) => name === 'default')?.template;
}

async function readObject(file: string): Promise<{ readonly text: string; readonly value: object }> {
  try {
    const text = await readFile(file, 'utf8');
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) throw new TypeError('it holds no JSON object');
    return { text, value };
  } catch (cause) {
    throw tokenizerFileUnreadable(file, cause);
  }
}
