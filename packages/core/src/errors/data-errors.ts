import { DapoError } from './dapo-error.js';
import { nearestName } from './nearest-name.js';
import { causeText, listNames } from './wording.js';

/** A file that a config names isn't there. */
export function missingFile(file: string, path?: string): DapoError {
  return new DapoError({
    code: 'DAPO_DATA_MISSING_FILE',
    message: 'There is no such file.',
    path,
    location: { file },
    hint: 'relative paths start from the folder of the config',
  });
}

/** A folder stands where a file should. */
export function folderForFile(file: string): DapoError {
  return new DapoError({
    code: 'DAPO_DATA_NOT_A_FILE',
    message: 'This is a folder, not a file.',
    location: { file },
    hint: 'name one of the files in it',
  });
}

/** A line of a data file can't be read. `column` counts from 1. */
export function malformedRow(file: string, line: number, cause: unknown, column?: number): DapoError {
  return new DapoError({
    code: 'DAPO_DATA_MALFORMED_ROW',
    message: `This row can not be read: ${causeText(cause)}`,
    location: { file, line, column },
    hint: 'mend the line, or take it out',
    cause,
  });
}

/** A source of prompts has none. */
export function emptyData(origin: string): DapoError {
  return new DapoError({
    code: 'DAPO_DATA_EMPTY',
    message: 'There are no prompts.',
    location: { file: origin },
    expected: 'at least one row',
    hint: 'look at the file, and at the split that is taken of it',
  });
}

/** A row lacks a column that the config names. */
export function rowWithoutColumn(file: string, line: number, column: string, known: readonly string[]): DapoError {
  return new DapoError({
    code: 'DAPO_DATA_MISSING_COLUMN',
    message: `This row has no column «${column}».`,
    location: { file, line },
    expected: `one of its columns: ${listNames(known)}`,
    nearest: nearestName(column, known),
    hint: 'name the column in the options of the prompts, or mend the row',
  });
}

/** A prompt that no tokens come of. `origin` is where its row stands, else its id. */
export function promptWithoutTokens(origin: string): DapoError {
  return new DapoError({
    code: 'DAPO_DATA_EMPTY_PROMPT',
    message: `The prompt ${origin} is empty.`,
    expected: 'at least one token for a response to go on from',
    hint: 'give it a text, or take it out',
  });
}

/** A prompt leaves no room for a response. `origin` is where its row stands, else its id. */
export function promptTooLong(origin: string, length: number, limit: number): DapoError {
  return new DapoError({
    code: 'DAPO_DATA_PROMPT_TOO_LONG',
    message: `The prompt ${origin} is too long.`,
    expected:
      limit > 0
        ? `at most ${limit} tokens, so that prompt and response fit the context of the policy`
        : 'a context longer than a response: no room is left for any prompt',
    received: `${length} tokens`,
    hint: 'shorten it, take it out, lower rollout.maxResponseLength, or give the policy a longer context',
  });
}

/** A text has a character that the tokenizer can't express. */
export function unknownCharacter(text: string, character: string, origin?: string): DapoError {
  const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  return new DapoError({
    code: 'DAPO_DATA_UNKNOWN_CHARACTER',
    message: `The tokenizer has no token for «${character}» (U+${code}).`,
    path: 'tokenizer',
    location: origin === undefined ? undefined : { file: origin },
    received: text.length <= 80 ? text : `${text.slice(0, 79)}…`,
    hint: 'add the character to the alphabet of the tokenizer, or take it out of the data',
  });
}
