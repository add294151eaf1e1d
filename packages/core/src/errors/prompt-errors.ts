import { DapoError } from './dapo-error.js';

/** A checkpoint was made over other data than the config names now. */
export function dataChanged(saved: string, found: string): DapoError {
  return new DapoError({
    code: 'DAPO_DATA_CHANGED',
    message: 'The prompts are not the ones that this run began with, so its place in them means nothing.',
    expected: saved,
    received: found,
    hint: 'put the old data back, or begin a new run',
  });
}

/** Two rows have one id. `earlier` and `line` count from 1. */
export function duplicateId(file: string, line: number, id: string, earlier: number): DapoError {
  return new DapoError({
    code: 'DAPO_DATA_DUPLICATE_ID',
    message: `This row has the id «${id}» that line ${earlier} has, too.`,
    location: { file, line },
    expected: 'an id of its own: random numbers and bookkeeping hang on it',
    hint: 'take one of the rows out, or name a column of ids; without one, two rows of the same prompt are one',
  });
}

/** A column holds something that a prompt can't be made of. */
export function wrongColumn(file: string, line: number, column: string, expected: string, received: string): DapoError {
  return new DapoError({
    code: 'DAPO_DATA_WRONG_COLUMN',
    message: `The column «${column}» of this row can not be used.`,
    location: { file, line },
    expected,
    received,
    hint: 'mend the row, or name another column in the options of the prompts',
  });
}

/** A prompt is a list of messages, and the tokenizer can write texts only. */
export function noChatTemplate(tokenizer: string, origin?: string): DapoError {
  return new DapoError({
    code: 'DAPO_DATA_NO_CHAT_TEMPLATE',
    message: `A prompt is a list of messages, and the tokenizer ${tokenizer} has no chat template to write them with.`,
    path: 'tokenizer',
    location: origin === undefined ? undefined : { file: origin },
    expected: 'a prompt that is one text',
    hint: 'give prompts as plain text, or use a tokenizer with a chat template',
  });
}
