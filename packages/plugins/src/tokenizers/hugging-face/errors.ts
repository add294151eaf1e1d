import { DapoError } from '@dapo/core';

/** A folder without a readable tokenizer. */
export function tokenizerFileUnreadable(file: string, cause: unknown): DapoError {
  return new DapoError({
    code: 'DAPO_TOKENIZER_FILE',
    message: 'The tokenizer cannot be read.',
    path: 'tokenizer.folder',
    location: { file },
    expected: 'a folder with tokenizer.json and tokenizer_config.json, as Hugging Face writes it',
    received: cause instanceof Error ? cause.message : String(cause),
    hint: 'name the folder of the model, the same as policy.checkpoint',
    cause,
  });
}

/** A tokenizer that doesn't say what ends a response, or says a token that it doesn't have. */
export function noEndToken(file: string, received: string | undefined): DapoError {
  return new DapoError({
    code: 'DAPO_TOKENIZER_END',
    message: received ? 'The end token is not in the vocabulary.' : 'The tokenizer does not say what ends a response.',
    path: 'tokenizer.endToken',
    location: { file },
    expected: 'the text of a token of the vocabulary',
    received: received ?? 'no eos_token',
    hint: 'set tokenizer.endToken to the token that the model ends its answers with, "<|im_end|>" for instance',
  });
}

/** A prompt that the chat template refuses, or a template with a mistake in it. */
export function chatTemplateFailed(cause: unknown, origin?: string): DapoError {
  return new DapoError({
    code: 'DAPO_TOKENIZER_CHAT_TEMPLATE',
    message: 'The chat template of the model does not take these messages.',
    path: 'tokenizer',
    location: origin === undefined ? undefined : { file: origin },
    received: cause instanceof Error ? cause.message : String(cause),
    hint: 'look at the roles and their order, or give another template by tokenizer.chatTemplate',
    cause,
  });
}
