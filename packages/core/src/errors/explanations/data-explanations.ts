import type { ErrorExplanations } from './explanation.js';

/** Errors of the rows that prompts are made of. */
export const dataExplanations: ErrorExplanations = {
  DAPO_DATA_MISSING_FILE: {
    title: 'A file of the data is not there',
    why: 'The path is misspelt, or relative to another folder.',
    remedy: 'Relative paths start from the folder of the config.',
    next: 'dapo config',
  },
  DAPO_DATA_NOT_A_FILE: {
    title: 'A folder where a file should be',
    why: 'The option `file` of the prompts names a folder.',
    remedy: 'Name one of the files in it.',
    next: 'ls FOLDER',
  },
  DAPO_DATA_EMPTY_PROMPT: {
    title: 'A prompt without a token',
    why: 'A response goes on from its prompt. An empty one gives nothing to go on from.',
    remedy: 'Give the row a text, or take it out.',
    next: 'dapo train',
  },
  DAPO_DATA_MALFORMED_ROW: {
    title: 'A row that can not be read',
    why: 'The line is not JSON, or has more or fewer cells than the header of the CSV.',
    remedy: 'Mend the line, or take it out.',
    next: 'dapo train',
  },
  DAPO_DATA_EMPTY: {
    title: 'There are no prompts',
    why: 'The file is empty, or the split that is taken of it has no rows.',
    remedy: 'Look at the file, and at the option `split`.',
    next: 'dapo config',
  },
  DAPO_DATA_MISSING_COLUMN: {
    title: 'A row without a column that the config names',
    why: 'The column is called otherwise, or this one row lacks it.',
    remedy: 'Name the column in the options of the prompts, or mend the row.',
    next: 'dapo plugins prompts',
  },
  DAPO_DATA_WRONG_COLUMN: {
    title: 'A column holds something that a prompt can not be made of',
    why: 'The input must be a text or a list of messages, the reference a text or a number.',
    remedy: 'Mend the row, or name another column.',
    next: 'dapo plugins prompts',
  },
  DAPO_DATA_DUPLICATE_ID: {
    title: 'Two rows with one id',
    why: 'Random numbers and bookkeeping hang on the id of a prompt. Without a column of ids, the id is made of the content: two equal rows are one.',
    remedy: 'Take one of the rows out, or give each an id of its own.',
    next: 'dapo plugins prompts',
  },
  DAPO_DATA_PROMPT_TOO_LONG: {
    title: 'A prompt leaves no room for a response',
    why: 'Prompt and response together must fit the context of the policy.',
    remedy: 'Shorten the prompt, take it out, lower rollout.maxResponseLength, or take a policy with a longer context.',
    next: 'dapo config',
  },
  DAPO_DATA_UNKNOWN_CHARACTER: {
    title: 'A character that the tokenizer can not write',
    why: 'The tokenizer `character` knows the characters that it is given and no others.',
    remedy: 'Add the character to the option `characters`, or take it out of the data.',
    next: 'dapo plugins character',
  },
  DAPO_DATA_NO_CHAT_TEMPLATE: {
    title: 'A list of messages, and no chat template to write it with',
    why: 'A tokenizer without a chat template can write plain text only.',
    remedy: 'Give prompts as plain text, or take a tokenizer that has a chat template.',
    next: 'dapo plugins tokenizer',
  },
  DAPO_DATA_TARGET_MISSING: {
    title: 'An example without a target',
    why: '`dapo sft` learns from the column `target`, or from the reference, and this prompt has neither.',
    remedy: 'Add the column, or name the column of the targets as the reference.',
    next: 'dapo plugins prompts',
  },
  DAPO_DATA_CHANGED: {
    title: 'The prompts are not those that the run began with',
    why: 'A checkpoint knows its place in the data by counting. In other data the same place means nothing.',
    remedy: 'Put the old data back, or begin a new run.',
    next: 'dapo train',
  },
};
