import type { PromptSource, Tokenizer } from '../contracts/index.js';
import { emptyData, promptTooLong, promptWithoutTokens } from '../errors/data-errors.js';

/** Prompts looked at before a run begins; a generated source may have millions. */
const LIMIT = 10_000;

/**
 * Tokenizes the first prompts, so that a text that can't be expressed, or is longer than `longest` tokens, is found
 * before any tensor exists.
 */
export async function checkPrompts(source: PromptSource, tokenizer: Tokenizer, longest = Infinity): Promise<void> {
  if (source.size === 0) throw emptyData(source.fingerprint);
  for (const prompt of await source.take(Math.min(source.size, LIMIT))) {
    const { length } = tokenizer.encodePrompt(prompt);
    if (length === 0) throw promptWithoutTokens(prompt.origin ?? prompt.id);
    if (length > longest) throw promptTooLong(prompt.origin ?? prompt.id, length, longest);
  }
}
